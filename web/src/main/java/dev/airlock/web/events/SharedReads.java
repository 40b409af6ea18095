package dev.airlock.web.events;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What pages that follow the same ask for after the same change, read once for all of them. Only
 * pages that ask anew by themselves share: they were told of the change, so whatever was read since
 * is what they ask for. Whoever opens a page reads for themselves.
 */
public final class SharedReads<K, V> {
  private static final int MOST_KEPT = 200;
  private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

  private final PageEvents events;
  private final Map<K, Read<V>> reads = new ConcurrentHashMap<>();
  private final Object[] turns = IntStream.range(0, 64).mapToObj(i -> new Object()).toArray();

  public SharedReads(PageEvents events) {
    this.events = events;
  }

  private record Read<V>(V value, long count, long at) {}

  /**
   * What was read since the newest change of any of the topics, two seconds ago at most, or what is
   * read now.
   */
  public V get(Context ctx, K key, Supplier<V> read, String... topics) {
    if (ctx.header("HX-Request") == null) {
      return read.get();
    }
    synchronized (turns[Math.floorMod(key.hashCode(), turns.length)]) {
      long count = events.count(topics);
      Read<V> known = reads.get(key);
      if (known != null && known.count == count && System.nanoTime() - known.at < LONGEST_NANOS) {
        return known.value;
      }
      V value = read.get();
      if (reads.size() >= MOST_KEPT) {
        reads.clear();
      }
      reads.put(key, new Read<>(value, count, System.nanoTime()));
      return value;
    }
  }
}
