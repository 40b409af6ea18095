package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ItemsTest {

  private static final Instant AT = Instant.parse("2026-01-05T04:30:00Z");

  private static final StageError SHUT = new StageError("shut", "It is shut.", List.of());

  private TestDatabase database;
  private Items items;
  private Scene scene;
  private long run;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    items = database.store().items();
    scene = new Scene(database.store(), new FileArtifactStore(folder));
  }

  @BeforeEach
  void request() {
    run = scene.run("engineer");
    items.open(run, "orders", 5);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void shouldMakeEachRowOnceWhenTheListIsOpenedAgain() {
    items.claim(run, "orders", 0, 1, "worker-a");
    items.open(run, "orders", 5);

    assertEquals(
        List.of("pending 4", "running 1"),
        items.counts(run).stream().map(c -> c.state().word() + " " + c.count()).toList());
  }

  @Test
  void shouldKeepAnErrorThatHoldsWhatIsNoText() {
    items.lost(run, "orders", 0, 1, new StageError("odd", "It said \0 and \ud83d.", List.of("\0")));

    assertEquals(
        new StageError("odd", "It said \ufffd and \ufffd.", List.of("\ufffd")),
        items.list(run, "orders", null, 1, null).items().get(0).error());
  }

  @Test
  void shouldPassOverAnItemThatHasAResult() {
    List<ItemAttempt> first = items.claim(run, "orders", 0, 3, "worker-a");
    items.finish(run, "orders", List.of(succeeded(first.get(1), "\"one\"")));

    List<ItemAttempt> second = items.claim(run, "orders", 0, 3, "worker-b");

    assertEquals(List.of(new ItemAttempt(0, 2, 2), new ItemAttempt(2, 2, 2)), second);
  }

  @Test
  void shouldKeepTheResultOfTheLaterAttemptWhenTwoBelieveThatTheItemIsTheirs() {
    ItemAttempt slow = items.claim(run, "orders", 2, 3, "worker-a").get(0);
    ItemAttempt fresh = items.claim(run, "orders", 2, 3, "worker-b").get(0);

    items.finish(run, "orders", List.of(succeeded(slow.again().again(), "\"slow\"")));
    items.finish(run, "orders", List.of(succeeded(fresh, "\"fresh\"")));
    items.finish(run, "orders", List.of(succeeded(slow, "\"slow\"")));

    assertEquals(List.of("\"fresh\""), results());
  }

  @Test
  void shouldReadResultsInTheOrderOfTheList() {
    List<ItemAttempt> attempts = items.claim(run, "orders", 0, 5, "worker-a");
    items.finish(run, "orders", List.of(succeeded(attempts.get(4), "4")));
    items.finish(
        run,
        "orders",
        List.of(
            succeeded(attempts.get(3), "3"),
            failed(attempts.get(1)),
            succeeded(attempts.get(0), "0")));

    assertEquals(List.of("0", "3", "4"), results());
  }

  @Test
  void shouldListTheItemsOfAStatePageByPage() {
    List<ItemAttempt> attempts = items.claim(run, "orders", 0, 5, "worker-a");
    items.finish(
        run,
        "orders",
        List.of(failed(attempts.get(0)), failed(attempts.get(2)), failed(attempts.get(4))));

    Page<ItemRow> first = items.list(run, "orders", StageState.FAILED, 2, null);
    Page<ItemRow> rest = items.list(run, "orders", StageState.FAILED, 2, first.next());

    assertEquals(List.of(0, 2), first.items().stream().map(ItemRow::index).toList());
    assertEquals(List.of(4), rest.items().stream().map(ItemRow::index).toList());
    assertNull(rest.next());
    assertEquals(SHUT, rest.items().get(0).error());
    assertThrows(
        InvalidCursorException.class, () -> items.list(run, "orders", null, 2, "nonsense"));
  }

  @Test
  void shouldEndWhatNobodyElseCan() {
    List<ItemAttempt> attempts = items.claim(run, "orders", 0, 3, "worker-a");
    items.finish(run, "orders", List.of(succeeded(attempts.get(0), "0")));

    assertEquals(
        2, items.lost(run, "orders", 0, 3, new StageError("timed-out", "Silent.", List.of())));
    items.cancelRest(run, "orders");

    assertEquals(
        List.of("cancelled 2", "failed 2", "succeeded 1"),
        items.counts(run).stream().map(c -> c.state().word() + " " + c.count()).toList());
  }

  private List<String> results() {
    List<String> results = new ArrayList<>();
    items.results(run, "orders", row -> results.add(row.result()));
    return results;
  }

  private static ItemEnd succeeded(ItemAttempt attempt, String json) {
    return new ItemEnd(
        attempt.index(),
        attempt.attempt(),
        attempt.claimed(),
        StageState.SUCCEEDED,
        AT,
        AT,
        null,
        json,
        null);
  }

  private static ItemEnd failed(ItemAttempt attempt) {
    return new ItemEnd(
        attempt.index(),
        attempt.attempt(),
        attempt.claimed(),
        StageState.FAILED,
        AT,
        AT,
        SHUT,
        null,
        null);
  }
}
