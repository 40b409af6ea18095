package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.Vault;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.SensorLooks;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
          PipelineBuilder pipeline = Pipeline.named("inbox").ownedBy("tests");
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
    assertEquals("\"11 the secret 'key'\"", ((TaskResult) look("arrived")).json());
  }

  @Test
  void shouldSayNothingOfASecretWhenALookFails() {
    RuntimeException failure = assertThrows(RuntimeException.class, () -> look("broken"));

    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertFalse(cause.toString().contains("open-sesame"), cause::toString);
    }
    assertEquals(List.of("No way in with ***"), faults);
  }

  private StageOutput look(String method) throws IOException {
    Path jar = SourceJar.compile(folder, "Inbox", INBOX);
    Documents documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    OwnTasks tasks =
        new OwnTasks(
            new PipelineCode(digest -> jar),
            new TaskArguments(dataset -> null, live -> null, documents::json),
            new Vault(Map.of("AIRLOCK_SECRETS_KEY", "open-sesame"), folder, folder)::secret,
            () -> 1,
            documents);
    TestActivityEnvironment temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .build());
    try {
      temporal.registerActivitiesImplementations(new OwnSensors(tasks, looks()));
      return (TaskResult)
          temporal
              .newActivityStub(
                  SensorActivities.class,
                  ActivityOptions.newBuilder()
                      .setStartToCloseTimeout(Duration.ofMinutes(1))
                      .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                      .build())
              .look(new SensorLook(task(method)));
    } finally {
      temporal.close();
    }
  }

  private SensorLooks looks() {
    return (SensorLooks)
        Proxy.newProxyInstance(
            SensorLooks.class.getClassLoader(),
            new Class<?>[] {SensorLooks.class},
            (proxy, method, arguments) -> {
              if (arguments[3] != null) {
                faults.add((String) arguments[3]);
              }
              return 1;
            });
  }

  private static StageTask task(String method) {
    StageSpec stage =
        new StageSpec(
            method,
            new Work.Sensor(
                "Inbox$Tasks",
                method,
                "(Ldev/airlock/dsl/SecretValue;)Ljava/util/Optional;",
                Duration.ofMinutes(1),
                1,
                Duration.ofMinutes(1),
                Duration.ofDays(1),
                false,
                List.of("key")),
            List.of(),
            List.of(),
            RetrySpec.STANDARD,
            Duration.ofMinutes(1));
    return new StageTask(
        1, "inbox", 1, "v1", Instant.EPOCH, new TreeMap<>(), "engineer", stage, Map.of());
  }
}
