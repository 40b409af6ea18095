package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.SensorActivities;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** Does the work of a stage. */
  @ActivityInterface
  public interface Working {
    /** Works. */
    void work(StageTask task);
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

  @Test
  void shouldEndTheAttemptThatEndsInAnError(@TempDir Path folder) {
    List<StageError> errors = new ArrayList<>();
    Attempts attempts =
        answering(
            Attempts.class,
            (method, given) -> {
              if (method.equals("finish")) {
                errors.add((StageError) given[3]);
              }
              return method.equals("finish") ? true : null;
            });
    TestActivityEnvironment temporal =
        temporal(folder, attempts, answering(Logs.class, (method, given) -> 0));
    try {
      temporal.registerActivitiesImplementations(
          (Working)
              task -> {
                throw new NoClassDefFoundError("com/shop/Order");
              });
      Working stub =
          temporal.newActivityStub(
              Working.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(Duration.ofSeconds(10))
                  .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                  .build());

      assertThrows(ActivityFailure.class, () -> stub.work(task()));
    } finally {
      temporal.close();
    }

    assertEquals(
        List.of(new StageError("java.lang.NoClassDefFoundError", "com/shop/Order", List.of())),
        errors);
  }

  @Test
  void shouldKeepWhatASensorSaysInOneLog(@TempDir Path folder) {
    SpokenOutput.lead();
    List<NewLogLine> said = new ArrayList<>();
    Logs logs =
        answering(
            Logs.class,
            (method, given) -> {
              if (method.equals("keep")) {
                ((List<?>) given[0]).forEach(line -> said.add((NewLogLine) line));
              }
              return said.size();
            });
    TestActivityEnvironment temporal = temporal(folder, nobody(Attempts.class), logs);
    try {
      temporal.registerActivitiesImplementations(
          (SensorActivities)
              look -> {
                System.out.println("I look.");
                throw ApplicationFailure.newFailure("Nothing yet.", StageFailure.NOT_YET);
              });
      SensorActivities stub =
          temporal.newActivityStub(
              SensorActivities.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                  .build());
      for (int look = 1; look <= 2; look++) {
        assertThrows(ActivityFailure.class, () -> stub.look(new SensorLook(task())));
      }
    } finally {
      temporal.close();
    }

    assertEquals(
        List.of("orders 1/1 I look.", "orders 1/2 I look."),
        said.stream()
            .map(
                line ->
                    "%s %d/%d %s"
                        .formatted(line.stage(), line.attempt(), line.number(), line.text()))
            .toList());
  }

  /** PostgreSQL stands still: Temporal must not take the attempt for lost. */
  @Test
  void shouldGiveSignsOfLifeWhileItWaitsForItsClaim(@TempDir Path folder) {
    AtomicInteger heardMeanwhile = new AtomicInteger();
    Attempts attempts =
        answering(
            Attempts.class,
            (method, given) -> {
              if (method.equals("claim")) {
                heardMeanwhile.set(work(2));
              }
              return method.equals("finish") ? true : null;
            });
    TestActivityEnvironment temporal =
        temporal(folder, attempts, answering(Logs.class, (method, given) -> 0));
    try {
      temporal.setActivityHeartbeatListener(Void.class, details -> beats.incrementAndGet());
      temporal.registerActivitiesImplementations((Working) task -> {});
      temporal
          .newActivityStub(
              Working.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(Duration.ofSeconds(10))
                  .build())
          .work(task());
    } finally {
      temporal.close();
    }

    assertTrue(heardMeanwhile.get() >= 2, heardMeanwhile::toString);
  }

  private static StageTask task() {
    StageSpec stage =
        new StageSpec(
            "orders",
            new Work.Task("Shop$Tasks", "orders", "()V", false),
            List.of(),
            List.of(),
            RetrySpec.STANDARD,
            Duration.ofMinutes(1));
    return new StageTask(
        1, "shop", 1, "v1", Instant.EPOCH, new TreeMap<>(), "engineer", stage, Map.of());
  }

  private int heard(Path folder, @Nullable Duration timeout, int enough) {
    TestActivityEnvironment temporal = temporal(folder, nobody(Attempts.class), nobody(Logs.class));
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

  private TestActivityEnvironment temporal(Path folder, Attempts attempts, Logs logs) {
    StageInterceptor interceptor =
        new StageInterceptor(
            attempts,
            ArtifactStore.open(folder.toUri()),
            clock,
            new StageInterceptor.Surroundings(
                "worker-1", new TreeMap<>(), AttemptLogs.open(folder, logs)),
            attempt -> Optional.empty());
    return TestActivityEnvironment.newInstance(
        TestEnvironmentOptions.newBuilder()
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(WorkflowTypes.dataConverter())
                    .build())
            .setWorkerFactoryOptions(
                WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptor).build())
            .build());
  }

  private int work(int enough) {
    long deadline = System.nanoTime() + Duration.ofSeconds(enough == 0 ? 2 : 10).toNanos();
    while ((enough == 0 || beats.get() < enough) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    return beats.get();
  }

  private static <T> T nobody(Class<T> type) {
    return answering(
        type,
        (method, given) -> {
          throw new AssertionError("No stage is attempted here: " + method);
        });
  }

  /** Whoever answers a call by its name. */
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
