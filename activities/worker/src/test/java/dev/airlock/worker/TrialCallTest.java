package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.spark.SparkTrials;
import dev.airlock.store.ArtifactStore;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.TaskResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialCallTest {

  private static final String SHOP =
      """
      import dev.airlock.dsl.*;
      import java.util.List;
      import java.util.Optional;

      public final class Shop implements PipelineSource {
        public interface Tasks {
          String forecast(String name, Integer days);
          Optional<String> arrived();
          boolean open();
        }

        private static final class Own implements Tasks {
          @Override public String forecast(String name, Integer days) { return name + days; }
          @Override public Optional<String> arrived() { return Optional.empty(); }
          @Override public boolean open() { return true; }
        }

        @Override public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("tests");
          pipeline.sensor("open", Tasks::open).within(java.time.Duration.ofDays(1)).orFail();
          return pipeline.build();
        }

        @Override public List<Object> tasks() {
          return List.of(new Own());
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void shouldCallAMapForItsFirstItems() throws IOException {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    inputs.put("shops", new TaskResult("[\"a\",\"b\",\"c\",\"d\"]"));
    inputs.put("days", new TaskResult("7"));

    assertEquals(
        new SparkTrials.Answer(
            "[\"a7\",\"b7\",\"c7\"]",
            List.of("Called for the first 3 of the 4 items that shops gave.")),
        answer(map(false), inputs, 1_000));
    inputs.put("shops", stored("[[],[\"a\"],[\"b\"]]"));
    assertEquals(
        new SparkTrials.Answer(
            "[\"a7\"]", List.of("Called for the first 1 of the 2 items that shops gave.")),
        answer(map(true), inputs, 1));
    inputs.put("shops", new TaskResult("[]"));
    assertEquals(
        new SparkTrials.Answer("[]", List.of("shops gave an empty list.")),
        answer(map(false), inputs, 1_000));
  }

  @Test
  void shouldLookOnceForASensor() throws IOException {
    assertEquals(
        new SparkTrials.Answer(
            "null", List.of("Nothing has arrived. A run would go on looking; a trial looks once.")),
        answer(sensor("arrived", "()Ljava/util/Optional;"), Map.of(), 1));
    assertEquals(
        new SparkTrials.Answer("true", List.of("It has arrived.")),
        answer(sensor("open", "()Z"), Map.of(), 1));
  }

  private StageOutput stored(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new StageOutput.StoredResult(artifacts().put(bytes), bytes.length, null);
  }

  private ArtifactStore artifacts() {
    return ArtifactStore.open(folder.resolve("kept").toUri());
  }

  private static Work map(boolean nested) {
    return new Work.Map(
        new Work.Task(
            "Shop$Tasks",
            "forecast",
            "(Ljava/lang/String;Ljava/lang/Integer;)Ljava/lang/String;",
            false),
        nested,
        50,
        QuotaSpec.NONE);
  }

  private static Work sensor(String method, String descriptor) {
    Duration minute = Duration.ofMinutes(1);
    return new Work.Sensor(
        "Shop$Tasks", method, descriptor, minute, 1, minute, Duration.ofDays(1), false);
  }

  private SparkTrials.Answer answer(Work work, Map<String, StageOutput> inputs, int sample)
      throws IOException {
    Path jar = SourceJar.compile(folder, "Shop", SHOP);
    Documents documents = new Documents(artifacts());
    try (PipelineCode code = new PipelineCode(digest -> jar)) {
      OwnTasks tasks =
          new OwnTasks(
              code,
              Stages.arguments(documents),
              name -> {
                throw new AssertionError("Nothing here takes a secret.");
              },
              () -> 1,
              documents);
      StageSpec stage = Stages.stage("tried", work, inputs.keySet().toArray(String[]::new));
      return new TrialCall(tasks, documents).answer(Stages.task(stage, inputs), sample);
    }
  }
}
