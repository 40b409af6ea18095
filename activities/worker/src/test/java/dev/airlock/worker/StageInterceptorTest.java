package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.Logs;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StageInterceptorTest {
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger beats = new AtomicInteger();

  /** Says nothing of itself while it works. */
  @ActivityInterface
  public interface Measuring {
    /** Works until it has been heard twice, or for ten seconds. */
    int measure(long checkId);
  }

  @AfterEach
  void stop() {
    clock.shutdownNow();
  }

  @Test
  void shouldGiveSignsOfLifeForWhoeverOwesThem(@TempDir Path folder) {
    assertTrue(heard(folder, Duration.ofSeconds(10), 2) >= 2);
  }

  @Test
  void shouldLeaveThoseAloneThatOweNone(@TempDir Path folder) {
    assertEquals(0, heard(folder, null, 0));
  }

  private int heard(Path folder, @Nullable Duration timeout, int enough) {
    StageInterceptor interceptor =
        new StageInterceptor(
            nobody(Attempts.class),
            ArtifactStore.open(folder.toUri()),
            clock,
            new StageInterceptor.Surroundings(
                "worker-1", new TreeMap<>(), AttemptLogs.open(folder, nobody(Logs.class))),
            attempt -> Optional.empty());
    TestActivityEnvironment temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptor).build())
                .build());
    try {
      temporal.setActivityHeartbeatListener(Void.class, details -> beats.incrementAndGet());
      temporal.registerActivitiesImplementations((Measuring) checkId -> work(enough));
      ActivityOptions.Builder options =
          ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1));
      if (timeout != null) {
        options.setHeartbeatTimeout(timeout);
      }
      return temporal.newActivityStub(Measuring.class, options.build()).measure(7);
    } finally {
      temporal.close();
    }
  }

  private int work(int enough) {
    long deadline = System.nanoTime() + Duration.ofSeconds(enough == 0 ? 2 : 10).toNanos();
    while ((enough == 0 || beats.get() < enough) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    return beats.get();
  }

  private static <T> T nobody(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError("No stage is attempted here: " + method);
            }));
  }
}
