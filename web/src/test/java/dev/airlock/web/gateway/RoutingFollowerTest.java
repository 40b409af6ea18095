package dev.airlock.web.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.scoring.LogisticRegression;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.Task;
import dev.airlock.store.LiveRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RoutingFollowerTest {
  private final Map<String, byte[]> artifacts = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final Table table = new Table();
  private final RoutingFollower follower = new RoutingFollower("g", table, this::artifact);

  /** The routing, without a database. */
  private static final class Table implements Routing {
    volatile List<LiveRoute> routes = List.of();
    volatile long acknowledged;

    @Override
    public List<LiveRoute> live() {
      return routes;
    }

    @Override
    public void renewLease(String gateway, Duration term) {}

    @Override
    public void acknowledge(String gateway, String model, long epoch) {
      acknowledged = epoch;
    }

    @Override
    public void endLease(String gateway) {}
  }

  private byte[] artifact(String digest) {
    reads.incrementAndGet();
    byte[] bytes = artifacts.get(digest);
    if (bytes == null) {
      throw new IllegalStateException("There is no artifact " + digest);
    }
    return bytes;
  }

  private static byte[] model(double intercept) {
    return new ScoringModel(
            Task.BINARY_CLASSIFICATION,
            "logistic_regression",
            "y",
            List.of("x"),
            new LogisticRegression(new double[] {1}, intercept))
        .write();
  }

  private static LiveRoute route(long epoch, int version, @Nullable Integer candidate, int weight) {
    return new LiveRoute(
        "m",
        epoch,
        version,
        "digest-" + version,
        1,
        Instant.EPOCH,
        candidate == null ? null : 1L,
        candidate,
        candidate == null ? null : "digest-" + candidate,
        weight);
  }

  private void put(LiveRoute route) {
    table.routes = List.of(route);
    follower.lookNow();
    await(() -> table.acknowledged == route.epoch());
  }

  private static void await(BooleanSupplier isSo) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 20 s in vain");
      LockSupport.parkNanos(5_000_000);
    }
  }

  private LiveModel live() {
    LiveModel live = follower.peek("m");
    assertNotNull(live);
    return live;
  }

  @AfterEach
  void close() {
    follower.close();
  }

  @Test
  void shouldLetTheLiveVersionAnswerWhenTheCandidateCannotBeLoaded() {
    artifacts.put("digest-1", model(0));
    follower.start();
    put(route(1, 1, null, 0));
    put(route(2, 1, 2, 50));
    assertNull(live().candidate());
    assertTrue(live().isSplit(), "its share is known, so that its errors are counted");
    assertEquals(Map.of("m", 1), follower.serving());
    assertTrue(
        String.valueOf(follower.unusable()).contains("m version 2 (artifact digest-2)"),
        follower.unusable());

    artifacts.put("digest-2", model(1));
    await(() -> live().candidate() != null);
    assertNull(follower.unusable());
    assertEquals(2, live().route().epoch());
  }

  @Test
  void shouldReadEachArtifactOnceInAWholeRollout() {
    artifacts.put("digest-1", model(0));
    artifacts.put("digest-2", model(1));
    follower.start();
    put(route(1, 1, null, 0));
    put(route(2, 1, 2, 0));
    assertEquals(2, reads.get());
    put(route(3, 1, 2, 25));
    put(route(4, 2, null, 0));
    assertEquals(2, reads.get());
    assertEquals(2, live().route().version());
  }

  /** Whether the follower waits for a request to end. */
  private static boolean isDraining() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(
            frame ->
                frame.getClassName().equals(RoutingFollower.class.getName())
                    && frame.getMethodName().equals("drain"));
  }

  @Test
  void shouldNotAcknowledgeWhileARequestIsAnsweredByAnEarlierSplit() {
    artifacts.put("digest-1", model(0));
    artifacts.put("digest-2", model(1));
    follower.start();
    put(route(1, 1, 2, 100));
    LiveModel entered = follower.enter("m");
    assertNotNull(entered);
    table.routes = List.of(route(2, 1, null, 0));
    await(() -> live().route().epoch() == 2);
    await(RoutingFollowerTest::isDraining);
    assertEquals(1, table.acknowledged);
    entered.leave();
    await(() -> table.acknowledged == 2);
  }
}
