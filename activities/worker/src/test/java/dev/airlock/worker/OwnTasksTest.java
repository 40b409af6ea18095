package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.programs.Vault;
import dev.airlock.store.ArtifactStore;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnTasksTest {

  private static final String GREETER =
      """
      import dev.airlock.dsl.*;
      import java.util.List;

      public final class Greeter implements PipelineSource {
        public record Greeting(String text, int times) {}

        public interface Tasks {
          Greeting greet(String name, Integer times);
          String repeat(Greeting greeting);
          String look() throws Exception;
          String who();
          String fail() throws Exception;
          String sign(String name, SecretValue key);
          String tell(SecretValue key);
          Integer count(List<Greeting> greetings);
          Long read(Dataset orders) throws Exception;
          String ask() throws Exception;
        }

        private static final class Polite implements Tasks {
          @Override public Greeting greet(String name, Integer times) {
            return new Greeting("%s " + name, times);
          }
          @Override public String repeat(Greeting greeting) {
            return greeting.text().repeat(greeting.times());
          }
          @Override public String who() {
            RunContext run = RunContext.current();
            return run.idempotencyKey() + " attempt " + run.attempt() + " at " + run.logicalDate();
          }
          @Override public String look() throws Exception {
            return Class.forName("com.fasterxml.jackson.databind.ObjectMapper").getName();
          }
          @Override public String sign(String name, SecretValue key) {
            return name + key.reveal().length() + " " + key;
          }
          @Override public String tell(SecretValue key) {
            return key.reveal();
          }
          @Override public Integer count(List<Greeting> greetings) {
            return greetings.stream().mapToInt(Greeting::times).sum();
          }
          @Override public Long read(Dataset orders) throws Exception {
            try {
              return orders.rows().count();
            } catch (RuntimeException e) {
              throw new Exception("No orders.", e);
            }
          }
          @Override public String ask() throws Exception {
            throw new IllegalStateException(
                new java.sql.SQLException("Connection to crm:5432 refused.", "08001"));
          }
          @Override public String fail() throws Exception {
            throw new java.io.IOException("The shop does not answer.");
          }
        }

        @Override public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("greeter").ownedBy("tests");
          pipeline.task("look", Tasks::look);
          return pipeline.build();
        }

        @Override public List<Object> tasks() {
          return List.of(new Polite());
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void shouldCallTheMethodWithParamsWhenAStageNamesIt() throws IOException {
    assertEquals(
        "{\"text\":\"Hello Ada\",\"times\":2}",
        call(
                tasks("Hello"),
                task(
                    "greet",
                    "(Ljava/lang/String;Ljava/lang/Integer;)LGreeter$Greeting;",
                    Map.of(),
                    "name",
                    "Ada",
                    "times",
                    "2"))
            .json());
  }

  @Test
  void shouldTellTheTaskForWhomItIsCalled() throws IOException {
    assertEquals(
        "\"run-1/who attempt 2 at 1970-01-01T00:00:00Z\"",
        call(tasks("Hello"), task("who", "()Ljava/lang/String;", Map.of())).json());
    assertThrows(IllegalStateException.class, RunContext::current);
  }

  @Test
  void shouldHandARecordOnWhenTheNextTaskTakesIt() throws IOException {
    StageOutput greeting = new TaskResult("{\"text\":\"ho\",\"times\":3}");

    assertEquals(
        "\"hohoho\"",
        call(
                tasks("Hello"),
                task("repeat", "(LGreeter$Greeting;)Ljava/lang/String;", Map.of("greet", greeting)))
            .json());
  }

  @Test
  void shouldGiveASecretAfterParamsWhenATaskTakesOne() throws IOException {
    assertEquals(
        "\"Ada11 the secret 'key'\"",
        call(
                tasks("Hello"),
                withSecret(
                    task(
                        "sign",
                        "(Ljava/lang/String;Ldev/airlock/dsl/SecretValue;)Ljava/lang/String;",
                        Map.of(),
                        "name",
                        "Ada")))
            .json());
  }

  @Test
  void shouldRefuseAResultThatIsASecret() throws IOException {
    OwnTasks tasks = tasks("Hello");
    StageTask task =
        withSecret(task("tell", "(Ldev/airlock/dsl/SecretValue;)Ljava/lang/String;", Map.of()));

    assertEquals(
        "Greeter$Tasks.tell gives the value of a secret, which would be kept with the run."
            + " Leave it out.",
        assertThrows(ApplicationFailure.class, () -> call(tasks, task)).getOriginalMessage());
  }

  @Test
  void shouldHandOnAListOfRecords() throws IOException {
    StageOutput greetings =
        new TaskResult("[{\"text\":\"ho\",\"times\":3},{\"text\":\"hi\",\"times\":4}]");

    assertEquals(
        "7",
        call(
                tasks("Hello"),
                task("count", "(Ljava/util/List;)Ljava/lang/Integer;", Map.of("all", greetings)))
            .json());
  }

  private static StageTask withSecret(StageTask task) {
    StageSpec old = task.stage();
    Work.Task work = (Work.Task) old.work();
    StageSpec stage =
        new StageSpec(
            old.name(),
            new Work.Task(work.type(), work.method(), work.descriptor(), false, List.of("key")),
            old.inputs(),
            old.params(),
            old.retry(),
            old.timeout());
    return new StageTask(
        1, "greeter", 1, "v1", Instant.EPOCH, task.params(), "engineer", stage, task.inputs());
  }

  @Test
  void shouldKeepEachRunOnItsOwnCodeWhenThePipelineHasChanged() throws IOException {
    Path before = SourceJar.compile(folder.resolve("v1"), "Greeter", GREETER.formatted("Hello"));
    Path after = SourceJar.compile(folder.resolve("v2"), "Greeter", GREETER.formatted("Good day,"));
    OwnTasks tasks = tasks(Map.of("v1", before, "v2", after));
    String descriptor = "(Ljava/lang/String;Ljava/lang/Integer;)LGreeter$Greeting;";

    assertTrue(
        call(tasks, on("v1", task("greet", descriptor, Map.of(), "name", "Ada", "times", "1")))
            .json()
            .contains("Hello Ada"));
    assertTrue(
        call(tasks, on("v2", task("greet", descriptor, Map.of(), "name", "Ada", "times", "1")))
            .json()
            .contains("Good day, Ada"));
    assertTrue(
        call(tasks, on("v1", task("greet", descriptor, Map.of(), "name", "Ada", "times", "1")))
            .json()
            .contains("Hello Ada"));
  }

  @Test
  void shouldHideTheWorkersOwnLibrariesWhenATaskLooksForThem() throws IOException {
    OwnTasks tasks = tasks("Hello");

    RuntimeException failure =
        assertThrows(
            RuntimeException.class,
            () -> call(tasks, task("look", "()Ljava/lang/String;", Map.of())));
    assertTrue(failure.getCause() instanceof ClassNotFoundException, failure.toString());
  }

  @Test
  void shouldSayWhatTheTaskSaidWhenItFails() throws IOException {
    OwnTasks tasks = tasks("Hello");

    RuntimeException failure =
        assertThrows(
            RuntimeException.class,
            () -> call(tasks, task("fail", "()Ljava/lang/String;", Map.of())));
    assertEquals("The shop does not answer.", StageErrors.of(failure).message());
  }

  @Test
  void shouldCountItAsTheTasksFailureWhenADatabaseOfItsOwnIsAway() throws IOException {
    OwnTasks tasks = tasks("Hello");

    RuntimeException failure =
        assertThrows(
            RuntimeException.class,
            () -> call(tasks, task("ask", "()Ljava/lang/String;", Map.of())));

    assertSame(failure, StageErrors.toThrow(failure));
    assertEquals("Connection to crm:5432 refused.", StageErrors.of(failure).message());
    assertEquals("java.sql.SQLException", StageErrors.of(failure).type());
  }

  @Test
  void shouldWaitForAirlocksOwnDatabaseWhenATaskReadsADatasetThere() throws IOException {
    OwnTasks tasks = tasks("Hello");
    StageOutput orders = new DatasetVersion("orders", 1, 5, null, List.of());

    RuntimeException failure =
        assertThrows(
            RuntimeException.class,
            () ->
                call(
                    tasks,
                    task(
                        "read",
                        "(Ldev/airlock/dsl/Dataset;)Ljava/lang/Long;",
                        Map.of("orders", orders))));

    assertEquals(StageFailure.UNAVAILABLE, StageErrors.of(StageErrors.toThrow(failure)).type());
  }

  @Test
  void shouldRefuseForGoodWhenTheCodeHasNoSuchMethod() throws IOException {
    OwnTasks tasks = tasks("Hello");

    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> call(tasks, task("dance", "()V", Map.of())));
    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
    assertTrue(failure.isNonRetryable());
    assertTrue(failure.getOriginalMessage().contains("dance"));
  }

  @Test
  void shouldOpenAFileOfTheJarWhenAStageReadsIt() throws IOException {
    Path jar = SourceJar.compile(folder, "Greeter", GREETER.formatted("Hello"));
    PipelineCode code = new PipelineCode(digest -> jar);

    try (code;
        InputStream greeting = code.resource("any", "greeting.txt")) {
      assertEquals("hello", new String(greeting.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void shouldNameTheProblemWhenAJarHasNoPipeline() throws IOException {
    Path jar = SourceJar.compile(folder, "Plain", "public class Plain {}");
    try (PipelineCode code = new PipelineCode(digest -> jar)) {
      PipelineJar content = PipelineJar.read(jar, code.jar("any").loader());

      assertEquals(List.of(), content.pipelines());
      assertTrue(content.problems().get(0).toString().contains("no pipeline in this jar"));
    }
  }

  private OwnTasks tasks(String greeting) throws IOException {
    return tasks(Map.of("v1", SourceJar.compile(folder, "Greeter", GREETER.formatted(greeting))));
  }

  private OwnTasks tasks(Map<String, Path> jars) {
    Documents documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    return new OwnTasks(
        new PipelineCode(jars::get),
        new TaskArguments(
            OwnTasksTest::unreachable,
            live -> {
              throw new AssertionError("No stage here gives a deployment.");
            },
            documents::json),
        new Vault(Map.of("AIRLOCK_SECRETS_KEY", "open-sesame"), Path.of("."), Path.of("."))::secret,
        () -> 2,
        documents);
  }

  private static Dataset unreachable(DatasetVersion version) {
    return new Dataset() {
      @Override
      public String name() {
        return version.dataset();
      }

      @Override
      public long snapshotId() {
        return version.snapshotId();
      }

      @Override
      public long rowCount() {
        return version.rows();
      }

      @Override
      public Stream<Row> rows() {
        throw new IllegalStateException(
            "The catalog can't be read.",
            new SQLException("Connection to localhost:5432 refused.", "08001"));
      }
    };
  }

  private static TaskResult call(OwnTasks tasks, StageTask task) {
    return (TaskResult) tasks.call(task);
  }

  private static StageTask task(
      String method, String descriptor, Map<String, StageOutput> inputs, String... params) {
    TreeMap<String, String> values = new TreeMap<>();
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < params.length; i += 2) {
      names.add(params[i]);
      values.put(params[i], params[i + 1]);
    }
    StageSpec stage =
        new StageSpec(
            method,
            new Work.Task("Greeter$Tasks", method, descriptor, false),
            List.copyOf(inputs.keySet()),
            names,
            RetrySpec.STANDARD,
            Duration.ofMinutes(1));
    return new StageTask(1, "greeter", 1, "v1", Instant.EPOCH, values, "engineer", stage, inputs);
  }

  private static StageTask on(String codeDigest, StageTask task) {
    return new StageTask(
        task.runId(),
        task.pipeline(),
        task.version(),
        codeDigest,
        task.logicalDate(),
        task.params(),
        task.requestedBy(),
        task.stage(),
        task.inputs());
  }
}
