package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A PostgreSQL that neither answers nor refuses. */
final class SilenceTest {

  private static final Duration LONGEST = Duration.ofSeconds(3);

  @Test
  void shouldTakeSilenceForAnOutageButNotWhereLocksAreWaitedFor() {
    try (TestDatabase database = TestDatabase.fresh();
        Store store = Store.open(database.storeConfig(), "airlock-silence", LONGEST)) {
      RuntimeException broken =
          assertThrows(
              RuntimeException.class,
              () -> store.jdbi().useHandle(handle -> handle.execute("select pg_sleep(60)")));
      assertTrue(Outage.isOutage(broken), broken::toString);
      assertEquals(0, store.runs().list(null, null, null, 9, null).items().size(), "it is back");

      CompletableFuture<DatasetLock> second;
      try (DatasetLock first = store.lockDataset("orders")) {
        second = CompletableFuture.supplyAsync(() -> store.lockDataset("orders"));
        database.store().jdbi().useHandle(handle -> handle.execute("select pg_sleep(4)"));
        assertFalse(second.isDone(), first::toString);
      }
      second.join().close();
    }
  }
}
