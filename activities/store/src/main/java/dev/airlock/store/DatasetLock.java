package dev.airlock.store;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The lock of one dataset, held on a connection of its own: whoever loses that connection loses the
 * lock. Closing gives it back.
 */
public final class DatasetLock implements AutoCloseable {

  private final Handle handle;

  private DatasetLock(Handle handle) {
    this.handle = handle;
  }

  /** Waits until nobody else holds the dataset's lock. */
  static DatasetLock take(Jdbi connections, String dataset) {
    Handle handle = connections.open();
    try {
      handle
          .createQuery("select pg_advisory_lock(hashtextextended(:key, 0))::text")
          .bind("key", "airlock.dataset/" + dataset)
          .mapTo(String.class)
          .one();
      return new DatasetLock(handle);
    } catch (RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
