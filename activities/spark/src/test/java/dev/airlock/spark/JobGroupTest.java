package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;

final class JobGroupTest {

  /** Hours of work, which is over in moments only when it is stopped. */
  private static final String ENDLESS = "select sum(hash(id)) from range(100000000000000)";

  @Test
  void shouldStopItsSparkJobWhenItsThreadIsInterrupted() throws Exception {
    SparkContext context = World.session().sparkContext();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> interruptedAfter = new AtomicReference<>();
    Thread attempt =
        new Thread(
            () -> {
              try {
                JobGroup.run(
                    World.sessions(),
                    "run-7/endless/1",
                    session -> session.sql(ENDLESS).collectAsList());
              } catch (RuntimeException e) {
                thrown.set(e);
              }
              interruptedAfter.set(Thread.currentThread().isInterrupted());
            });
    attempt.start();
    try {
      await("the job runs", () -> runningTasks(context) > 0);
      int[] jobs = context.statusTracker().getJobIdsForGroup("run-7/endless/1");
      assertTrue(jobs.length > 0, "the job has another name");
    } finally {
      attempt.interrupt();
    }

    attempt.join(60_000);
    assertFalse(attempt.isAlive(), "the attempt goes on");
    assertInstanceOf(CancellationException.class, thrown.get());
    assertEquals(false, interruptedAfter.get());
    await("no task is left", () -> runningTasks(context) == 0);
  }

  @Test
  void shouldStopWhatItBeganWhenItsBodyFails() {
    SparkContext context = World.session().sparkContext();
    assertThrows(
        ApplicationFailure.class,
        () ->
            JobGroup.run(
                World.sessions(),
                "run-8/failing/1",
                session -> {
                  Thread beside =
                      new Thread(() -> runQuietly(() -> session.sql(ENDLESS).collect()));
                  beside.start();
                  await("the job runs", () -> runningTasks(context) > 0);
                  throw StageFailure.of(StageFailure.BAD_DATA, "Broken.");
                }));
    await("no task is left", () -> runningTasks(context) == 0);
  }

  @Test
  void shouldLeaveNothingBehindOnItsThread() {
    SparkContext context = World.session().sparkContext();
    String group =
        JobGroup.run(
            World.sessions(),
            "run-9/short/1",
            session -> session.sparkContext().getLocalProperty("spark.jobGroup.id"));
    assertEquals("run-9/short/1", group);
    assertNull(context.getLocalProperty("spark.jobGroup.id"));
    IllegalStateException wrapped =
        assertThrows(
            IllegalStateException.class,
            () ->
                JobGroup.run(
                    World.sessions(),
                    "run-9/short/1",
                    session -> {
                      throw new java.io.IOException("No disk.");
                    }));
    assertEquals("run-9/short/1 failed: No disk.", wrapped.getMessage());
  }

  private static int runningTasks(SparkContext context) {
    int tasks = 0;
    for (int stage : context.statusTracker().getActiveStageIds()) {
      tasks +=
          context
              .statusTracker()
              .getStageInfo(stage)
              .map(info -> info.numActiveTasks())
              .getOrElse(() -> 0);
    }
    return tasks;
  }

  private static void runQuietly(Runnable body) {
    try {
      body.run();
    } catch (RuntimeException e) {
      // That it was cancelled is what the test is about.
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "In vain waited until " + what);
      Thread.onSpinWait();
    }
  }
}
