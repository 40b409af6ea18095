package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.Vault;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.SensorLooks;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnSensorsTest {

  private static final String INBOX =
      """
      import dev.airlock.dsl.*;
      import java.util.List;
      import java.util.Optional;

      public final class Inbox implements PipelineSource {
        public interface Tasks {
          Optional<String> arrived(SecretValue key);
          Optional<String> broken(SecretValue key);
        }

        private static final class Own implements Tasks {
          @Override public Optional<String> arrived(SecretValue key) {
            return Optional.of(key.reveal().length() + " " + key);
          }
          @Override public Optional<String> broken(SecretValue key) {
            throw new IllegalStateException("No way in with " + key.reveal());
          }
        }

        @Override public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("tests");
          pipeline.sensor("arrived", Tasks::arrived, Secret.named("key"))
              .within(java.time.Duration.ofDays(1)).orFail();
          return pipeline.build();
        }

        @Override public List<Object> tasks() {
          return List.of(new Own());
        }
      }
      """;

  @TempDir Path folder;

  private final List<String> faults = new ArrayList<>();

  @Test
  void shouldHandASensorItsSecret() throws IOException {
    assertEquals("\"11 the secret 'key'\"", look("arrived").json());
  }

  @Test
  void shouldSayNothingOfASecretWhenALookFails() {
    RuntimeException failure = assertThrows(RuntimeException.class, () -> look("broken"));

    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertFalse(cause.toString().contains("open-sesame"), cause::toString);
    }
    assertEquals(List.of("No way in with ***"), faults);
  }

  private TaskResult look(String method) throws IOException {
    Path jar = SourceJar.compile(folder, "Inbox", INBOX);
    Documents documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    OwnTasks tasks =
        new OwnTasks(
            new PipelineCode(digest -> jar),
            Stages.arguments(documents),
            new Vault(Map.of("AIRLOCK_SECRETS_KEY", "open-sesame"), folder, folder)::secret,
            () -> 1,
            documents);
    TestActivityEnvironment temporal = TestedActivities.within();
    try {
      temporal.registerActivitiesImplementations(
          new OwnSensors(tasks, StandIn.answering(SensorLooks.class, this::note)));
      SensorActivities sensors = TestedActivities.calls(temporal, SensorActivities.class);
      return (TaskResult) sensors.look(new SensorLook(task(method)));
    } finally {
      temporal.close();
    }
  }

  private Integer note(String method, Object[] given) {
    if (given[3] != null) {
      faults.add((String) given[3]);
    }
    return 1;
  }

  private static StageTask task(String method) {
    Duration minute = Duration.ofMinutes(1);
    Work look =
        new Work.Sensor(
            "Inbox$Tasks",
            method,
            "(Ldev/airlock/dsl/SecretValue;)Ljava/util/Optional;",
            minute,
            1,
            minute,
            Duration.ofDays(1),
            false,
            List.of("key"));
    return Stages.task(Stages.stage(method, look), Map.of());
  }
}
