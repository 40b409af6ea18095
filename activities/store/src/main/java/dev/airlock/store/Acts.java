package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Acts of the gate. The tables record them in the audit by themselves; what they can't know is who
 * acts and by which door, and that is told here. Rows that are written without it say that they
 * came straight into the database.
 */
final class Acts {

  private Acts() {}

  private record Said(
      String actor,
      Origin.Channel channel,
      @Nullable String address,
      @Nullable String token,
      @Nullable String requestId) {}

  /** Writes what is recorded as an act of this one, within the caller's transaction. */
  static <T> T as(Handle handle, Acting acting, Supplier<T> write) {
    Origin from = acting.origin();
    say(
        handle,
        Json.write(
            new Said(
                acting.actor(), from.channel(), from.address(), from.token(), from.requestId())));
    T written = write.get();
    // What comes after is somebody else's act; after an error nothing comes.
    say(handle, "");
    return written;
  }

  private static void say(Handle handle, String who) {
    handle
        .createQuery("select set_config('airlock.acting', :who, true)")
        .bind("who", who)
        .mapTo(String.class)
        .one();
  }
}
