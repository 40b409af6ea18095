package dev.airlock.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The right to settle publications, which one process has at a time: they are settled in the order
 * in which they were received, so that the newer of two is the one that stays. It is a lock on a
 * connection of its own, and all is written over that connection: whoever loses the lock can write
 * no more. Closing gives it back.
 */
public final class Publishing implements AutoCloseable {

  private final Handle handle;

  private Publishing(Handle handle) {
    this.handle = handle;
  }

  /** Takes the right; empty where another process has it. */
  static Optional<Publishing> take(Jdbi connections) {
    Handle handle = connections.open();
    try {
      boolean isFree =
          handle
              .createQuery("select pg_try_advisory_lock(hashtextextended('airlock.publishing', 0))")
              .mapTo(Boolean.class)
              .one();
      if (isFree) {
        return Optional.of(new Publishing(handle));
      }
    } catch (RuntimeException e) {
      handle.close();
      throw e;
    }
    handle.close();
    return Optional.empty();
  }

  /** Pipelines, as long as this is open; of the thread that has it only. */
  public Pipelines pipelines() {
    return handle.attach(Pipelines.class);
  }

  @Override
  public void close() {
    handle.close();
  }
}
