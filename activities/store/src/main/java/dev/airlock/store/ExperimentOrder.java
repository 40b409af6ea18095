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

  private static final String TOOK =
      "extract(epoch from r.ended_at - coalesce(r.started_at, r.created_at))";

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

  /** Whether it sorts by what every run has. */
  boolean isOfAll() {
    return by == By.RUN;
  }

  private boolean isNamed() {
    return by == By.METRIC || by == By.PARAM;
  }

  /** Where runs {@code r} come from, in SQL, such that an index keeps them in this order. */
  String from() {
    return isNamed() ? "experiment_figure f join run r on r.id = f.run_id" : "run r";
  }

  /** The table whose index is gone by. */
  String alias() {
    return isNamed() ? "f" : "r";
  }

  /** The figure in SQL. */
  String figure() {
    return switch (by) {
      case RUN -> id();
      case TOOK -> TOOK;
      case METRIC, PARAM -> "f.figure";
    };
  }

  private String id() {
    return isNamed() ? "f.run_id" : "r.id";
  }

  /** That a run has the figure. */
  String has() {
    return switch (by) {
      case RUN -> "true";
      case TOOK -> TOOK + " is not null";
      case METRIC, PARAM -> "f.name = :name";
    };
  }

  /** That the run {@code r} has none. */
  String lacks() {
    return isNamed()
        ? "not exists (select from experiment_figure f where f.run_id = r.id and f.name = :name)"
        : TOOK + " is null";
  }

  /** That a run comes after the place of {@code :figure} and {@code :before}. */
  String after() {
    String sign = descending ? "<" : ">";
    return by == By.RUN
        ? "r.id %s :before and :figure is not null".formatted(sign)
        : "%1$s %2$s= :figure and (%1$s %2$s :figure or %3$s < :before)"
            .formatted(figure(), sign, id());
  }

  /** What to order by. */
  String sorted() {
    String way = descending ? "desc" : "asc";
    return by == By.RUN ? "r.id " + way : "%s %s, %s desc".formatted(figure(), way, id());
  }
}
