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

  /** What makes a run {@code r} one of them. */
  String TRAINS =
      "exists (select from stage s where s.run_id = r.id and s.kind in ('train', 'evaluate'))";

  /**
   * Some of them, sorted. Four statements at most, however many there are.
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
    List<Tried> found = new ArrayList<>();
    if (place == null || !place.isBehind()) {
      found.addAll(having(getHandle(), pipeline, order, place, bounded + 1));
    }
    if (found.size() <= bounded) {
      Place from = place != null && place.isBehind() ? place : null;
      found.addAll(lacking(getHandle(), pipeline, order, from, bounded + 1 - found.size()));
    }
    boolean isMore = found.size() > bounded;
    return new Page<>(
        with(
            getHandle(),
            found.subList(0, Math.min(bounded, found.size())).stream().map(Tried::run).toList()),
        isMore ? found.get(bounded - 1).place().cursor() : null);
  }

  /** A run, and where it stands in the order. */
  record Tried(Run run, Place place) {}

  /** Those that have the figure, by the index of it. */
  private static List<Tried> having(
      Handle handle,
      @Nullable String pipeline,
      ExperimentOrder order,
      @Nullable Place place,
      int limit) {
    List<String> where = new ArrayList<>(List.of(order.has()));
    if (pipeline != null) {
      where.add(order.alias() + ".pipeline = :pipeline");
    }
    if (place != null) {
      where.add(order.after());
    }
    Query query =
        handle
            .createQuery(
                """
                select r.*, (%s)::float8 as figure from %s
                where %s and %s
                order by %s limit :limit
                """
                    .formatted(
                        order.figure(),
                        order.from(),
                        String.join(" and ", where),
                        TRAINS,
                        order.sorted()))
            .bind("limit", limit);
    if (!order.name().isEmpty()) {
      query.bind("name", order.word());
    }
    if (place != null) {
      query.bind("before", place.id());
      query.bind("figure", place.figure());
    }
    return tried(query, pipeline);
  }

  /** Those that have no such figure, newest first. */
  private static List<Tried> lacking(
      Handle handle,
      @Nullable String pipeline,
      ExperimentOrder order,
      @Nullable Place place,
      int limit) {
    if (order.isOfAll()) {
      return List.of();
    }
    Query query =
        handle
            .createQuery(
                """
                select r.*, 'Infinity'::float8 as figure from run r
                where r.id < :before and %s and %s %s
                order by r.id desc limit :limit
                """
                    .formatted(
                        order.lacks(),
                        TRAINS,
                        pipeline == null ? "" : "and r.pipeline = :pipeline"))
            .bind("before", place == null ? Long.MAX_VALUE : place.id())
            .bind("limit", limit);
    if (!order.name().isEmpty()) {
      query.bind("name", order.word());
    }
    return tried(query, pipeline);
  }

  private static List<Tried> tried(Query query, @Nullable String pipeline) {
    if (pipeline != null) {
      query.bind("pipeline", pipeline);
    }
    return query
        .registerRowMapper(ConstructorMapper.factory(Run.class))
        .reduceRows(
            new ArrayList<Tried>(),
            (found, row) -> {
              Run run = row.getRow(Run.class);
              found.add(new Tried(run, new Place(row.getColumn("figure", Double.class), run.id())));
              return found;
            });
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
   * @param figure that it is sorted by, of its last run; infinite where that one has none
   */
  record Place(double figure, long id) {
    /** Whether all that have the figure come before it. */
    boolean isBehind() {
      return Double.isInfinite(figure);
    }

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
