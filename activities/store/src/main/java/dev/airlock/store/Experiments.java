package dev.airlock.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Runs that train or judge models, side by side. Read only. */
public interface Experiments extends SqlObject {

  /**
   * Some of them, sorted. Three statements, however many there are.
   *
   * @param pipeline only those of this pipeline, or null
   * @param limit of the page, at most {@link Page#LARGEST}
   * @param cursor of an earlier page in the same order, or null for the first
   * @throws InvalidCursorException where the cursor is none that a page in this order gave
   */
  @Transaction
  default Page<Experiment> list(
      @Nullable String pipeline, ExperimentOrder order, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    Place place = cursor == null ? null : Place.read(cursor);
    Handle handle = getHandle();
    String sign = order.descending() ? "<" : ">";
    String last = order.descending() ? "'-Infinity'::float8" : "'Infinity'::float8";
    // Newest first needs no figure, and so goes by the index.
    boolean isNewest = order.equals(ExperimentOrder.NEWEST);
    String where =
        place == null
            ? ""
            : isNewest
                ? "where id < :before"
                : "where figure " + sign + " :figure or (figure = :figure and id < :before)";
    Query query =
        handle
            .createQuery(
                """
                select * from (
                  select r.*, coalesce(%s, %s) as figure from run r
                  where (:pipeline::text is null or r.pipeline = :pipeline)
                    and exists (select from stage s
                                where s.run_id = r.id and s.kind in ('train', 'evaluate'))
                ) as tried %s
                order by %s id desc limit :limit
                """
                    .formatted(
                        isNewest ? "0" : order.figure(),
                        isNewest ? "0" : last,
                        where,
                        isNewest ? "" : "figure " + (order.descending() ? "desc," : "asc,")))
            .bind("pipeline", pipeline)
            .bind("limit", bounded + 1);
    if (!order.name().isEmpty()) {
      query.bind("name", order.name());
    }
    if (place != null) {
      query.bind("before", place.id());
      if (!isNewest) {
        query.bind("figure", place.figure());
      }
    }
    List<Place> places = new ArrayList<>();
    List<Run> runs =
        query
            .registerRowMapper(ConstructorMapper.factory(Run.class))
            .reduceRows(
                new ArrayList<Run>(),
                (found, row) -> {
                  found.add(row.getRow(Run.class));
                  places.add(
                      new Place(
                          row.getColumn("figure", Double.class), row.getColumn("id", Long.class)));
                  return found;
                });
    boolean isMore = runs.size() > bounded;
    return new Page<>(
        with(handle, isMore ? runs.subList(0, bounded) : runs),
        isMore ? places.get(bounded - 1).cursor() : null);
  }

  /** Those of these runs that there are, in this order. */
  @Transaction
  default List<Experiment> of(Collection<Long> ids) {
    Handle handle = getHandle();
    Map<Long, Run> found =
        handle
            .createQuery("select * from run where id = any(:ids)")
            .bindArray("ids", Long.class, ids)
            .registerRowMapper(ConstructorMapper.factory(Run.class))
            .mapTo(Run.class)
            .collect(Collectors.toMap(Run::id, Function.identity()));
    return with(handle, ids.stream().distinct().map(found::get).filter(r -> r != null).toList());
  }

  private static List<Experiment> with(Handle handle, List<Run> runs) {
    Map<Long, List<Experiment.Step>> steps =
        handle
            .createQuery(
                """
                select run_id, name as stage, kind, state, output from stage
                where run_id = any(:ids) and kind in ('train', 'evaluate')
                order by run_id, position
                """)
            .bindArray("ids", Long.class, runs.stream().map(Run::id).toList())
            .registerRowMapper(ConstructorMapper.factory(Experiment.Step.class))
            .mapTo(Experiment.Step.class)
            .collect(Collectors.groupingBy(Experiment.Step::runId));
    Map<String, PipelineVersion> versions = versions(handle, runs);
    List<Experiment> experiments = new ArrayList<>();
    for (Run run : runs) {
      PipelineVersion version = versions.get(run.pipeline() + " " + run.version());
      if (version != null) {
        experiments.add(new Experiment(run, version, steps.getOrDefault(run.id(), List.of())));
      }
    }
    return experiments;
  }

  private static Map<String, PipelineVersion> versions(Handle handle, List<Run> runs) {
    Map<String, PipelineVersion> versions = new LinkedHashMap<>();
    handle
        .createQuery(
            """
            select * from pipeline_version
            where (pipeline, version) in (select * from unnest(:pipelines, :versions))
            """)
        .bindArray("pipelines", String.class, runs.stream().map(Run::pipeline).toList())
        .bindArray("versions", Integer.class, runs.stream().map(Run::version).toList())
        .registerRowMapper(ConstructorMapper.factory(PipelineVersion.class))
        .mapTo(PipelineVersion.class)
        .forEach(version -> versions.put(version.pipeline() + " " + version.version(), version));
    return versions;
  }

  /** Pipelines that have a stage that trains, by name. */
  default List<String> pipelines() {
    return getHandle()
        .createQuery(
            """
            select p.name from pipeline p
            join pipeline_version v on v.pipeline = p.name and v.version = p.current_version
            where v.graph -> 'stages' @> '[{"work": {"kind": "train"}}]'
            order by p.name
            """)
        .mapTo(String.class)
        .list();
  }

  /**
   * Where a page ended.
   *
   * @param figure that it is sorted by, of its last run
   */
  record Place(double figure, long id) {
    String cursor() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((figure + "/" + id).getBytes(StandardCharsets.US_ASCII));
    }

    static Place read(String cursor) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
        int cut = text.indexOf('/');
        return new Place(
            Double.parseDouble(text.substring(0, Math.max(0, cut))),
            Long.parseLong(text.substring(cut + 1)));
      } catch (IllegalArgumentException e) {
        throw new InvalidCursorException(cursor);
      }
    }
  }
}
