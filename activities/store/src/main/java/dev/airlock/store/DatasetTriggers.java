package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.DatasetRule;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts runs when new versions of datasets are there, in the transaction that writes the version
 * down. Two that end at once start one run: each looks under the lock of the pipeline that waits.
 */
final class DatasetTriggers {

  private static final Logger log = LoggerFactory.getLogger(DatasetTriggers.class);

  private DatasetTriggers() {}

  /** Keeps what a pipeline's current version waits for; only what comes from now on counts. */
  static void declare(Handle handle, Graph graph) {
    StartSpec starts = graph.starts();
    List<DatasetRule> rules = starts == null ? List.of() : starts.whenPublished();
    List<String> names = rules.stream().map(DatasetTriggers::name).toList();
    handle
        .createUpdate(
            "delete from dataset_trigger where pipeline = :pipeline and rule <> all(:rules)")
        .bind("pipeline", graph.name())
        .bindArray("rules", String.class, names)
        .execute();
    for (DatasetRule rule : rules) {
      for (String dataset : rule.datasets()) {
        handle
            .createUpdate(
                """
                insert into dataset_trigger (pipeline, rule, dataset, seen)
                select :pipeline, :rule, :dataset, coalesce(max(id), 0)
                from dataset_version where dataset = :dataset
                on conflict (pipeline, rule, dataset) do nothing
                """)
            .bind("pipeline", graph.name())
            .bind("rule", name(rule))
            .bind("dataset", dataset)
            .execute();
      }
    }
  }

  private static String name(DatasetRule rule) {
    return String.join("+", rule.datasets());
  }

  /** After a new version of a dataset: starts whatever has waited for it. */
  static void published(Handle handle, String dataset) {
    handle
        .createQuery(
            "select distinct pipeline from dataset_trigger where dataset = :dataset order by pipeline")
        .bind("dataset", dataset)
        .mapTo(String.class)
        .list()
        .forEach(pipeline -> look(handle, pipeline));
  }

  /** Starts a run for each rule of the pipeline whose datasets all have something new. */
  static void look(Handle handle, String pipeline) {
    Admission.lock(handle, pipeline);
    PipelineSummary summary = handle.attach(Pipelines.class).find(pipeline).orElseThrow();
    if (summary.paused() || summary.unpublishedAt() != null) {
      return;
    }
    waiting(handle, pipeline).stream()
        .collect(Collectors.groupingBy(Wanted::rule, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .filter(wanted -> wanted.stream().allMatch(Wanted::isNew))
        .forEach(wanted -> start(handle, pipeline, wanted));
  }

  /**
   * A dataset that a rule waits for, with its newest version.
   *
   * @param version its row, 0 where there is none
   */
  private record Wanted(
      String rule,
      String dataset,
      long seen,
      long version,
      long snapshotId,
      long runId,
      @Nullable Instant logicalDate) {
    boolean isNew() {
      return version > seen;
    }
  }

  private static List<Wanted> waiting(Handle handle, String pipeline) {
    return handle
        .createQuery(
            """
            select t.rule, t.dataset, t.seen, v.id, v.snapshot_id, v.run_id, r.logical_date
            from dataset_trigger t
            left join lateral (
              select * from dataset_version where dataset = t.dataset order by id desc limit 1
            ) v on true
            left join run r on r.id = v.run_id
            where t.pipeline = :pipeline order by t.rule, t.dataset
            """)
        .bind("pipeline", pipeline)
        .map(
            (row, context) ->
                new Wanted(
                    row.getString("rule"),
                    row.getString("dataset"),
                    row.getLong("seen"),
                    row.getLong("id"),
                    row.getLong("snapshot_id"),
                    row.getLong("run_id"),
                    row.getTimestamp("logical_date") == null
                        ? null
                        : row.getTimestamp("logical_date").toInstant()))
        .list();
  }

  private static void start(Handle handle, String pipeline, List<Wanted> wanted) {
    Instant newest =
        wanted.stream()
            .map(Wanted::logicalDate)
            .filter(Objects::nonNull)
            .max(Instant::compareTo)
            .orElse(null);
    List<Version> versions = new ArrayList<>();
    wanted.forEach(one -> versions.add(new Version(one.dataset(), one.snapshotId(), one.runId())));
    String key =
        wanted.stream()
            .map(one -> one.dataset() + "@" + one.version())
            .collect(Collectors.joining("+", "dataset/", ""));
    try {
      PipelineVersion version = handle.attach(Pipelines.class).runnable(pipeline);
      handle
          .attach(Runs.class)
          .request(
              new NewRun(
                  pipeline,
                  Map.of(),
                  newest,
                  Acting.within(version.publishedBy(), Origin.Channel.SCHEDULE),
                  "dataset",
                  "",
                  Json.write(new Trigger("dataset", versions)),
                  key));
    } catch (InvalidParamsException | UnknownEntityException e) {
      // Whoever publishes the dataset can't help it.
      log.warn("New data starts no run of {}: {}", pipeline, e.getMessage());
      return;
    }
    for (Wanted one : wanted) {
      handle
          .createUpdate(
              """
              update dataset_trigger set seen = :version
              where pipeline = :pipeline and rule = :rule and dataset = :dataset
              """)
          .bind("version", one.version())
          .bind("pipeline", pipeline)
          .bind("rule", one.rule())
          .bind("dataset", one.dataset())
          .execute();
    }
  }

  /** What a run keeps of the versions that started it. */
  private record Trigger(String kind, List<Version> versions) {}

  /**
   * A version.
   *
   * @param run the one that published it
   */
  private record Version(String dataset, long snapshotId, long run) {}
}
