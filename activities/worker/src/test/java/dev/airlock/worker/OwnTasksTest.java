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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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
          PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("tests");
          pipeline.task("look", Tasks::look);
          return pipeline.build();
        }

        @Override public List<Object> tasks() {
          return List.of(new Polite());
        }
      }
      """;

  private static final String OF_A_NAME =
      "(Ljava/lang/String;Ljava/lang/Integer;)LGreeter$Greeting;";
  private static final Map<String, StageOutput> NOTHING = Map.of();

  private static Path jar;

  @TempDir Path folder;

  private OwnTasks tasks;

  @BeforeAll
  static void compile(@TempDir Path folder) throws IOException {
    jar = SourceJar.compile(folder, "Greeter", GREETER.formatted("Hello"));
  }

  @BeforeEach
  void open() {
    tasks = tasks(Map.of("v1", jar));
  }

  @Test
  void shouldCallTheMethodWithParamsWhenAStageNamesIt() {
    assertEquals(
        "{\"text\":\"Hello Ada\",\"times\":2}",
        call("greet", OF_A_NAME, NOTHING, Map.of("name", "Ada", "times", "2")));
  }

  @Test
  void shouldTellTheTaskForWhomItIsCalled() {
    assertEquals(
        "\"run-1/who attempt 2 at 1970-01-01T00:00:00Z\"",
        call("who", "()Ljava/lang/String;", NOTHING));
    assertThrows(IllegalStateException.class, RunContext::current);
  }

  @Test
  void shouldHandARecordOnWhenTheNextTaskTakesIt() {
    assertEquals(
        "\"hohoho\"",
        call(
            "repeat",
            "(LGreeter$Greeting;)Ljava/lang/String;",
            Map.of("greet", new TaskResult("{\"text\":\"ho\",\"times\":3}"))));
  }

  @Test
  void shouldHandOnAListOfRecords() {
    StageOutput greetings =
        new TaskResult("[{\"text\":\"ho\",\"times\":3},{\"text\":\"hi\",\"times\":4}]");

    assertEquals(
        "7", call("count", "(Ljava/util/List;)Ljava/lang/Integer;", Map.of("all", greetings)));
  }

  @Test
  void shouldGiveASecretAfterParamsWhenATaskTakesOne() {
    assertEquals(
        "\"Ada11 the secret 'key'\"",
        call(
            "sign",
            "(Ljava/lang/String;Ldev/airlock/dsl/SecretValue;)Ljava/lang/String;",
            NOTHING,
            Map.of("name", "Ada")));
  }

  @Test
  void shouldRefuseAResultThatIsASecret() {
    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () -> call("tell", "(Ldev/airlock/dsl/SecretValue;)Ljava/lang/String;", NOTHING));

    assertEquals(
        "Greeter$Tasks.tell gives the value of a secret, which would be kept with the run."
            + " Leave it out.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldKeepEachRunOnItsOwnCodeWhenThePipelineHasChanged() throws IOException {
    Path after = SourceJar.compile(folder, "Greeter", GREETER.formatted("Good day,"));
    OwnTasks both = tasks(Map.of("v1", jar, "v2", after));

    for (String code : List.of("v1", "v2", "v1")) {
      assertEquals(
          "{\"text\":\"%s Ada\",\"times\":1}".formatted(code.equals("v1") ? "Hello" : "Good day,"),
          json(both, task(code, "greet", OF_A_NAME, NOTHING, Map.of("name", "Ada", "times", "1"))));
    }
  }

  @Test
  void shouldHideTheWorkersOwnLibrariesWhenATaskLooksForThem() {
    RuntimeException failure = failure("look", "()Ljava/lang/String;", NOTHING);

    assertTrue(failure.getCause() instanceof ClassNotFoundException, failure.toString());
  }

  @Test
  void shouldSayWhatTheTaskSaidWhenItFails() {
    RuntimeException failure = failure("fail", "()Ljava/lang/String;", NOTHING);

    assertEquals("The shop does not answer.", StageErrors.of(failure).message());
  }

  @Test
  void shouldCountItAsTheTasksFailureWhenADatabaseOfItsOwnIsAway() {
    RuntimeException failure = failure("ask", "()Ljava/lang/String;", NOTHING);

    assertSame(failure, StageErrors.toThrow(failure));
    assertEquals("Connection to crm:5432 refused.", StageErrors.of(failure).message());
    assertEquals("java.sql.SQLException", StageErrors.of(failure).type());
  }

  @Test
  void shouldWaitForAirlocksOwnDatabaseWhenATaskReadsADatasetThere() {
    StageOutput orders = new DatasetVersion("orders", 1, 5, null, List.of());

    RuntimeException failure =
        failure("read", "(Ldev/airlock/dsl/Dataset;)Ljava/lang/Long;", Map.of("orders", orders));

    assertEquals(StageFailure.UNAVAILABLE, StageErrors.of(StageErrors.toThrow(failure)).type());
  }

  @Test
  void shouldRefuseForGoodWhenTheCodeHasNoSuchMethod() {
    ApplicationFailure failure =
        assertThrows(ApplicationFailure.class, () -> call("dance", "()V", NOTHING));

    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
    assertTrue(failure.isNonRetryable());
    assertTrue(failure.getOriginalMessage().contains("dance"));
  }

  @Test
  void shouldOpenAFileOfTheJarWhenAStageReadsIt() throws IOException {
    PipelineCode code = new PipelineCode(digest -> jar);

    try (code;
        InputStream greeting = code.resource("any", "greeting.txt")) {
      assertEquals("hello", new String(greeting.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void shouldNameTheProblemWhenAJarHasNoPipeline() throws IOException {
    Path plain = SourceJar.compile(folder, "Plain", "public class Plain {}");
    try (PipelineCode code = new PipelineCode(digest -> plain)) {
      PipelineJar content = PipelineJar.read(plain, code.jar("any").loader());

      assertEquals(List.of(), content.pipelines());
      assertTrue(content.problems().get(0).toString().contains("no pipeline in this jar"));
    }
  }

  private OwnTasks tasks(Map<String, Path> jars) {
    Documents documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    return new OwnTasks(
        new PipelineCode(jars::get),
        Stages.arguments(OwnTasksTest::unreachable, documents),
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

  private RuntimeException failure(
      String method, String descriptor, Map<String, StageOutput> inputs) {
    return assertThrows(RuntimeException.class, () -> call(method, descriptor, inputs));
  }

  private String call(String method, String descriptor, Map<String, StageOutput> inputs) {
    return call(method, descriptor, inputs, Map.of());
  }

  private String call(
      String method,
      String descriptor,
      Map<String, StageOutput> inputs,
      Map<String, String> params) {
    return json(tasks, task("v1", method, descriptor, inputs, params));
  }

  private static String json(OwnTasks called, StageTask task) {
    return ((TaskResult) called.call(task)).json();
  }

  private static StageTask task(
      String codeDigest,
      String method,
      String descriptor,
      Map<String, StageOutput> inputs,
      Map<String, String> params) {
    TreeMap<String, String> values = new TreeMap<>(params);
    List<String> secrets = descriptor.contains("SecretValue") ? List.of("key") : List.of();
    StageSpec stage =
        new StageSpec(
            method,
            new Work.Task("Greeter$Tasks", method, descriptor, false, secrets),
            List.copyOf(inputs.keySet()),
            List.copyOf(values.keySet()),
            RetrySpec.STANDARD,
            Duration.ofMinutes(1));
    return Stages.task(codeDigest, stage, inputs, values);
  }
}
