package dev.airlock.worker;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Stages of a run for tests, and what a worker is handed to carry one out. */
final class Stages {

  /** What the sources that tests compile have to define. */
  static final String PIPELINE = "shop";

  private Stages() {}

  static StageSpec stage(String name, Work work, String... inputs) {
    return new StageSpec(
        name, work, List.of(inputs), List.of(), RetrySpec.STANDARD, Duration.ofMinutes(1));
  }

  static StageSpec triedOnce(StageSpec stage) {
    Duration none = Duration.ofMillis(1);
    return new StageSpec(
        stage.name(),
        stage.work(),
        stage.inputs(),
        stage.params(),
        new RetrySpec(1, none, 1, none),
        stage.timeout());
  }

  static StageTask task(StageSpec stage, Map<String, StageOutput> inputs) {
    return task("v1", stage, inputs, new TreeMap<>());
  }

  /** The same, on other code and with params. */
  static StageTask task(
      String codeDigest,
      StageSpec stage,
      Map<String, StageOutput> inputs,
      SortedMap<String, String> params) {
    return new StageTask(
        1, PIPELINE, 1, codeDigest, Instant.EPOCH, params, "engineer", stage, inputs);
  }

  /** For methods that look up no version that is live. */
  static TaskArguments arguments(Function<DatasetVersion, Dataset> datasets, Documents documents) {
    return new TaskArguments(
        datasets,
        live -> {
          throw new AssertionError("No stage here gives a deployment.");
        },
        documents::json);
  }

  /** For methods that read no dataset either. */
  static TaskArguments arguments(Documents documents) {
    return arguments(
        dataset -> {
          throw new AssertionError("No stage here gives a dataset.");
        },
        documents);
  }
}
