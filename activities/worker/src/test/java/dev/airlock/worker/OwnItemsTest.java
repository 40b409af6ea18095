package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.Vault;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.ItemAttempt;
import dev.airlock.store.ItemEnd;
import dev.airlock.store.Items;
import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.ItemActivities;
import dev.airlock.workflows.ItemsOutcome;
import dev.airlock.workflows.ItemsTask;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.MapPlan;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items of a map, called as Temporal calls them, with all that surrounds an activity. */
final class OwnItemsTest {

  private static final String SECRET = "tulip-harbour-42";

  private static final String SHOP =
      """
      import dev.airlock.dsl.*;
      import java.util.List;

      public final class Shop implements PipelineSource {
        public interface Tasks {
          Integer look();
          Integer sell(Integer item, SecretValue key);
          Integer count(Integer item);
          Integer fetch(Integer item) throws Exception;
          String mumble(Integer item);
          Integer chat(Integer item);
        }

        private static final class Own implements Tasks {
          @Override public Integer look() { return 1; }
          @Override public Integer sell(Integer item, SecretValue key) {
            throw new IllegalStateException(
                "The shop refuses " + key.reveal(), new IllegalArgumentException(key.reveal()));
          }
          @Override public Integer count(Integer item) {
            switch (item) {
              case 1: throw new AssertionError("One is too many.");
              case 2: return count(item) + 1;
              case 3: throw new OutOfMemoryError("Java heap space");
              default: return item;
            }
          }
          @Override public Integer chat(Integer item) {
            if (item % 50 == 1) {
              System.out.println("Item " + item + " is odd.");
            }
            if (item == 3) {
              throw new IllegalStateException("The third is broken.");
            }
            return item;
          }
          @Override public String mumble(Integer item) {
            if (item == 0) {
              return "half \\ud83d";
            }
            throw new IllegalStateException("It said \\0 and \\ud83d.");
          }
          @Override public Integer fetch(Integer item) throws Exception {
            throw new java.sql.SQLException("Connection to crm:5432 refused.", "08001");
          }
        }

        @Override public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("tests");
          pipeline.task("look", Tasks::look);
          return pipeline.build();
        }

        @Override public List<Object> tasks() {
          return List.of(new Own());
        }
      }
      """;

  private static Path jar;

  @TempDir Path folder;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<ItemEnd> ends = new ArrayList<>();
  private final List<NewLogLine> said = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private Documents documents;
  private TestActivityEnvironment temporal;
  private AttemptLogs logs;

  @BeforeAll
  static void compile(@TempDir Path folder) throws IOException {
    jar = SourceJar.compile(folder, "Shop", SHOP);
    SpokenOutput.lead();
  }

  @BeforeEach
  void open() {
    documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    logs = AttemptLogs.open(folder.resolve("logs"), answering(Logs.class, this::keep));
    StageInterceptor interceptor =
        new StageInterceptor(
            answering(Attempts.class, (method, given) -> null),
            ArtifactStore.open(folder.toUri()),
            clock,
            new StageInterceptor.Surroundings("worker-1", new TreeMap<>(), logs),
            attempt -> Optional.empty());
    temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(WorkflowTypes.dataConverter())
                        .build())
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptor).build())
                .build());
    temporal.registerActivitiesImplementations(
        new OwnItems(
            new PipelineCode(digest -> jar),
            new TaskArguments(
                dataset -> {
                  throw new AssertionError("No stage here gives a dataset.");
                },
                live -> {
                  throw new AssertionError("No stage here gives a deployment.");
                },
                documents::json),
            new Vault(Map.of("AIRLOCK_SECRETS_KEY", SECRET), Path.of("."), Path.of("."))::secret,
            documents,
            answering(Items.class, this::row),
            logs,
            "worker-1"));
  }

  @AfterEach
  void stop() throws IOException {
    temporal.close();
    logs.close();
    clock.shutdownNow();
  }

  @Test
  void shouldMaskTheSecretThatAnItemsFailureShows() {
    ActivityFailure failure =
        assertThrows(
            ActivityFailure.class,
            () ->
                calls(true)
                    .callItems(
                        items(
                            "sell",
                            "(Ljava/lang/Integer;Ldev/airlock/dsl/SecretValue;)Ljava/lang/Integer;",
                            false,
                            1)));

    assertEquals("***", cause(failure).getOriginalMessage());
    assertFalse(whole(failure).contains(SECRET), whole(failure));
    assertFalse(Json.write(ends).contains(SECRET), ends.toString());
    assertEquals("***", error(0).message());
  }

  @Test
  void shouldMaskTheSecretThatAShortItemsFailureShows() {
    ItemsOutcome outcome =
        calls(true)
            .callItems(
                items(
                    "sell",
                    "(Ljava/lang/Integer;Ldev/airlock/dsl/SecretValue;)Ljava/lang/Integer;",
                    true,
                    3));

    assertEquals(3, outcome.failed());
    assertFalse(Json.write(outcome).contains(SECRET), outcome.toString());
    assertFalse(Json.write(ends).contains(SECRET), ends.toString());
  }

  @Test
  void shouldLoseOnlyTheItemThatEndsInAnError() {
    ItemsOutcome outcome = calls(true).callItems(items("count", true, 6));

    assertEquals(3, outcome.failed());
    assertEquals("java.lang.AssertionError", first(outcome).type());
    assertEquals("One is too many.", first(outcome).message());
    assertEquals(
        List.of("SUCCEEDED", "FAILED", "FAILED", "FAILED", "SUCCEEDED", "SUCCEEDED"),
        ends.stream().map(end -> end.state().name()).toList());
    assertEquals("java.lang.StackOverflowError", error(2).type());
    assertEquals("java.lang.OutOfMemoryError", error(3).type());
  }

  @Test
  void shouldWriteDownTheEndOfAnIsolatedItemThatEndsInAnError() {
    ActivityFailure failure =
        assertThrows(
            ActivityFailure.class, () -> calls(true).callItems(items("count", false, 1, 2)));

    assertEquals("One is too many.", cause(failure).getOriginalMessage());
    assertEquals(List.of(StageState.FAILED), ends.stream().map(ItemEnd::state).toList());
    assertEquals("java.lang.AssertionError", error(0).type());
  }

  @Test
  void shouldCountItAsAnItemsFailureWhenADatabaseOfItsOwnIsAway() {
    ItemsOutcome outcome = calls(true).callItems(items("fetch", true, 2));

    assertEquals(2, outcome.failed());
    assertEquals("Connection to crm:5432 refused.", first(outcome).message());
    ActivityFailure isolated =
        assertThrows(ActivityFailure.class, () -> calls(true).callItems(items("fetch", false, 1)));
    assertFalse(cause(isolated).getType().equals(StageFailure.UNAVAILABLE));
    assertEquals(3, ends.size());
  }

  @Test
  void shouldKeepWhatItemsSayThatIsNoText() {
    String descriptor = "(Ljava/lang/Integer;)Ljava/lang/String;";
    ItemsOutcome outcome = calls(true).callItems(items("mumble", descriptor, true, 2));
    ActivityFailure isolated =
        assertThrows(
            ActivityFailure.class,
            () -> calls(true).callItems(items("mumble", descriptor, false, 1, 2)));

    assertEquals("It said \ufffd and \ufffd.", first(outcome).message());
    assertEquals("\"half \ufffd\"", ends.get(0).result());
    assertEquals("It said \ufffd and \ufffd.", error(2).message());
    assertTrue(cause(isolated).getOriginalMessage().startsWith("It said \0"));
  }

  @Test
  void shouldKeepWhatEachItemSaysUnderItsIndexAndAskNothingForThoseThatAreSilent() {
    calls(true).callItems(items("chat", true, 100));
    calls(true).callItems(items("chat", false, 151, 152));
    logs.flush();

    assertEquals(
        List.of("orders[1]", "orders[3]", "orders[51]", "orders[151]"),
        said.stream().map(NewLogLine::stage).toList());
    assertEquals("Item 51 is odd.", said.get(2).text());
    assertTrue(said.get(1).text().contains("The third is broken."), said.get(1).text());
    assertEquals(4, asked.stream().filter("lastNumber"::equals).count());
    assertTrue(asked.stream().filter("keep"::equals).count() <= 2, asked.toString());
  }

  private ItemActivities calls(boolean heard) {
    ActivityOptions.Builder options =
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofMinutes(1))
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build());
    if (heard) {
      options.setHeartbeatTimeout(Duration.ofSeconds(10));
    }
    return temporal.newActivityStub(ItemActivities.class, options.build());
  }

  private ItemsTask items(String method, boolean isShort, int count) {
    return items(method, "(Ljava/lang/Integer;)Ljava/lang/Integer;", isShort, count);
  }

  private ItemsTask items(String method, boolean isShort, int from, int to) {
    return items(method, "(Ljava/lang/Integer;)Ljava/lang/Integer;", isShort, from, to);
  }

  private ItemsTask items(String method, String descriptor, boolean isShort, int count) {
    return items(method, descriptor, isShort, 0, count);
  }

  private ItemsTask items(String method, String descriptor, boolean isShort, int from, int to) {
    String list = Json.write(IntStream.range(0, to).boxed().toList());
    byte[] bytes = list.getBytes(StandardCharsets.UTF_8);
    MapPlan plan = new MapPlan(documents.put(bytes), to);
    List<String> secrets = descriptor.contains("SecretValue") ? List.of("key") : List.of();
    StageSpec stage =
        new StageSpec(
            "orders",
            new Work.Map(
                new Work.Task("Shop$Tasks", method, descriptor, isShort, secrets),
                false,
                4,
                QuotaSpec.NONE),
            List.of("list"),
            List.of(),
            new RetrySpec(1, Duration.ofMillis(1), 1, Duration.ofMillis(1)),
            Duration.ofMinutes(1));
    return new ItemsTask(
        new StageTask(
            7,
            "shop",
            1,
            "v1",
            Instant.EPOCH,
            new TreeMap<>(),
            "engineer",
            stage,
            Map.of("list", documents.keep(bytes, to))),
        plan,
        from,
        to);
  }

  private StageError error(int end) {
    return Objects.requireNonNull(ends.get(end).error());
  }

  private static StageError first(ItemsOutcome outcome) {
    return Objects.requireNonNull(outcome.firstError());
  }

  private static ApplicationFailure cause(Throwable failure) {
    return (ApplicationFailure) Objects.requireNonNull(failure.getCause());
  }

  private static String whole(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private @Nullable Object row(String method, Object[] given) {
    if (method.equals("claim")) {
      return IntStream.range((int) given[2], (int) given[3])
          .mapToObj(index -> new ItemAttempt(index, 1, 1))
          .toList();
    }
    if (method.equals("finish")) {
      ((List<?>) given[2]).forEach(end -> ends.add((ItemEnd) end));
    }
    return null;
  }

  private @Nullable Object keep(String method, Object[] given) {
    asked.add(method);
    if (method.equals("keep")) {
      ((List<?>) given[0]).forEach(line -> said.add((NewLogLine) line));
    }
    return 0;
  }

  @FunctionalInterface
  private interface Answer {
    @Nullable Object to(String method, Object[] given);
  }

  private static <T> T answering(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, given) -> answer.to(method.getName(), given)));
  }
}
