package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.QuotaSpec;
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
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
  private ItemActivities items;
  private AttemptLogs logs;

  @BeforeAll
  static void compile(@TempDir Path folder) throws IOException {
    jar = SourceJar.compile(folder, "Shop", SHOP);
    SpokenOutput.lead();
  }

  @BeforeEach
  void open() {
    documents = new Documents(ArtifactStore.open(folder.resolve("kept").toUri()));
    logs = AttemptLogs.open(folder.resolve("logs"), StandIn.answering(Logs.class, this::keep));
    temporal =
        TestedActivities.within(
            new StageInterceptor(
                StandIn.uncalled(Attempts.class),
                ArtifactStore.open(folder.toUri()),
                clock,
                new StageInterceptor.Surroundings("worker-1", new TreeMap<>(), logs),
                attempt -> Optional.empty()));
    temporal.registerActivitiesImplementations(
        new OwnItems(
            new PipelineCode(digest -> jar),
            Stages.arguments(documents),
            new Vault(Map.of("AIRLOCK_SECRETS_KEY", SECRET), Path.of("."), Path.of("."))::secret,
            documents,
            StandIn.answering(Items.class, this::row),
            logs,
            "worker-1"));
    items = TestedActivities.calls(temporal, ItemActivities.class, Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() throws IOException {
    temporal.close();
    logs.close();
    clock.shutdownNow();
  }

  @Test
  void shouldMaskTheSecretThatAnItemsFailureShows() {
    ItemsTask one = task("sell", false, 1);

    ActivityFailure failure = assertThrows(ActivityFailure.class, () -> items.callItems(one));

    assertEquals("***", cause(failure).getOriginalMessage());
    assertFalse(whole(failure).contains(SECRET), whole(failure));
    assertFalse(Json.write(ends).contains(SECRET), ends.toString());
    assertEquals("***", error(0).message());
  }

  @Test
  void shouldMaskTheSecretThatAShortItemsFailureShows() {
    ItemsOutcome outcome = items.callItems(task("sell", true, 3));

    assertEquals(3, outcome.failed());
    assertFalse(Json.write(outcome).contains(SECRET), outcome.toString());
    assertFalse(Json.write(ends).contains(SECRET), ends.toString());
  }

  @Test
  void shouldLoseOnlyTheItemThatEndsInAnError() {
    ItemsOutcome outcome = items.callItems(task("count", true, 6));

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
        assertThrows(ActivityFailure.class, () -> items.callItems(task("count", false, 1, 2)));

    assertEquals("One is too many.", cause(failure).getOriginalMessage());
    assertEquals(List.of(StageState.FAILED), ends.stream().map(ItemEnd::state).toList());
    assertEquals("java.lang.AssertionError", error(0).type());
  }

  @Test
  void shouldCountItAsAnItemsFailureWhenADatabaseOfItsOwnIsAway() {
    ItemsOutcome outcome = items.callItems(task("fetch", true, 2));

    assertEquals(2, outcome.failed());
    assertEquals("Connection to crm:5432 refused.", first(outcome).message());
    ActivityFailure isolated =
        assertThrows(ActivityFailure.class, () -> items.callItems(task("fetch", false, 1)));
    assertFalse(cause(isolated).getType().equals(StageFailure.UNAVAILABLE));
    assertEquals(3, ends.size());
  }

  @Test
  void shouldKeepWhatItemsSayThatIsNoText() {
    ItemsOutcome outcome = items.callItems(task("mumble", true, 2));
    ActivityFailure isolated =
        assertThrows(ActivityFailure.class, () -> items.callItems(task("mumble", false, 1, 2)));

    assertEquals("It said \ufffd and \ufffd.", first(outcome).message());
    assertEquals("\"half \ufffd\"", ends.get(0).result());
    assertEquals("It said \ufffd and \ufffd.", error(2).message());
    assertTrue(cause(isolated).getOriginalMessage().startsWith("It said \0"));
  }

  @Test
  void shouldKeepWhatEachItemSaysUnderItsIndexAndAskNothingForThoseThatAreSilent() {
    items.callItems(task("chat", true, 100));
    items.callItems(task("chat", false, 151, 152));
    logs.flush();

    assertEquals(
        List.of("orders[1]", "orders[3]", "orders[51]", "orders[151]"),
        said.stream().map(NewLogLine::stage).toList());
    assertEquals("Item 51 is odd.", said.get(2).text());
    assertTrue(said.get(1).text().contains("The third is broken."), said.get(1).text());
    assertEquals(4, asked.stream().filter("lastNumber"::equals).count());
    assertTrue(asked.stream().filter("keep"::equals).count() <= 2, asked.toString());
  }

  private ItemsTask task(String method, boolean isShort, int count) {
    return task(method, isShort, 0, count);
  }

  private ItemsTask task(String method, boolean isShort, int from, int to) {
    byte[] list =
        Json.write(IntStream.range(0, to).boxed().toList()).getBytes(StandardCharsets.UTF_8);
    StageSpec stage =
        Stages.stage(
            "orders", new Work.Map(work(method, isShort), false, 4, QuotaSpec.NONE), "list");
    return new ItemsTask(
        Stages.task(Stages.triedOnce(stage), Map.of("list", documents.keep(list, to))),
        new MapPlan(documents.put(list), to),
        from,
        to);
  }

  private static Work.Task work(String method, boolean isShort) {
    return switch (method) {
      case "sell" ->
          new Work.Task(
              "Shop$Tasks",
              method,
              "(Ljava/lang/Integer;Ldev/airlock/dsl/SecretValue;)Ljava/lang/Integer;",
              isShort,
              List.of("key"));
      case "mumble" ->
          new Work.Task("Shop$Tasks", method, "(Ljava/lang/Integer;)Ljava/lang/String;", isShort);
      default ->
          new Work.Task("Shop$Tasks", method, "(Ljava/lang/Integer;)Ljava/lang/Integer;", isShort);
    };
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
}
