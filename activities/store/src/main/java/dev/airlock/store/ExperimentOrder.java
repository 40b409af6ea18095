package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * How experiments are sorted. Where two are alike, the newer one comes first; those without the
 * figure come last.
 *
 * @param by what is looked at
 * @param name of the metric or of the param; empty for the others
 * @param descending whether the largest comes first
 */
public record ExperimentOrder(By by, String name, boolean descending) {

  /** The newest first. */
  public static final ExperimentOrder NEWEST = new ExperimentOrder(By.RUN, "", true);

  /** What a run is sorted by. */
  public enum By {
    /** When it was asked for. */
    RUN,
    /** How long it took. */
    TOOK,
    /** What its model did on the holdout. */
    METRIC,
    /** A number that it was given. */
    PARAM
  }

  /**
   * Reads {@code run}, {@code took}, {@code metric.NAME} or {@code param.NAME}.
   *
   * @return null where it is none of them
   */
  public static @Nullable ExperimentOrder read(String word, boolean descending) {
    int dot = word.indexOf('.');
    String name = dot < 0 ? "" : word.substring(dot + 1);
    By by =
        switch (dot < 0 ? word : word.substring(0, dot)) {
          case "run" -> By.RUN;
          case "took" -> By.TOOK;
          case "metric" -> By.METRIC;
          case "param" -> By.PARAM;
          default -> null;
        };
    boolean isNamed = by == By.METRIC || by == By.PARAM;
    return by == null || isNamed == name.isEmpty()
        ? null
        : new ExperimentOrder(by, name, descending);
  }

  /** As {@link #read} takes it. */
  public String word() {
    return switch (by) {
      case RUN -> "run";
      case TOOK -> "took";
      case METRIC -> "metric." + name;
      case PARAM -> "param." + name;
    };
  }

  /** The figure in SQL, of the run {@code r}; what is no number has none. */
  String figure() {
    return switch (by) {
      case RUN -> "r.id::float8";
      case TOOK -> "extract(epoch from r.ended_at - coalesce(r.started_at, r.created_at))::float8";
      case METRIC ->
          """
          (select nullif((s.output -> 'metrics' ->> :name)::float8, 'NaN') from stage s
           where s.run_id = r.id and s.kind = 'evaluate' and s.output is not null
           order by s.position desc limit 1)
          """;
      case PARAM ->
          """
          case when r.params ->> :name ~ '^-?[0-9]{1,15}([.][0-9]{1,15})?$'
               then (r.params ->> :name)::float8 end
          """;
    };
  }
}
