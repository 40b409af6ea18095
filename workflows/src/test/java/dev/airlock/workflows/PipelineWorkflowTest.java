package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PipelineWorkflowTest {

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldTellEachChangeOnceWhenAllStagesSucceed() {
    RunState end = bench.run(Stages.graph(Stages.ingest("orders"), Stages.task("next", "orders")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(RunState.SUCCEEDED, bench.ledger.closedAs());
    assertNull(bench.ledger.closedBecause());
    assertEquals(
        List.of(
            "orders pending",
            "next pending",
            "orders queued",
            "orders running",
            "orders succeeded",
            "next queued",
            "next running",
            "next succeeded"),
        bench.ledger.lines());
    assertEquals(IntStream.rangeClosed(1, 8).boxed().toList(), bench.ledger.sequences());
    assertEquals(3, bench.ledger.records());
  }

  @Test
  void shouldHandOnWhatStagesGaveInTheOrderOfArguments() {
    bench.run(
        Stages.graph(
            Stages.task("a"), Stages.task("b"), Stages.task("c"), Stages.task("d", "c", "a", "b")));

    StageTask last = bench.stages.attemptsAt("d").get(0);
    assertEquals(List.of("c", "a", "b"), List.copyOf(last.inputs().keySet()));
    assertEquals(new StageOutput.TaskResult("\"a\""), last.inputs().get("a"));
    assertEquals("run-1/d", last.key());
    assertEquals("90", last.params().get("horizon-days"));
  }

  @Test
  void shouldRunStagesAtOnceWhenNeitherReadsTheOther() {
    CyclicBarrier bothHere = new CyclicBarrier(2);
    bench.stages.script("logistic", task -> await(bothHere));
    bench.stages.script("boosted", task -> await(bothHere));

    RunState end =
        bench.run(
            Stages.graph(
                Stages.ingest("orders"),
                Stages.train("logistic", "orders"),
                Stages.train("boosted", "orders")));

    assertEquals(RunState.SUCCEEDED, end);
  }

  @Test
  void shouldRunShortTasksInOneWriteEach() {
    RunState end = bench.run(Stages.graph(Stages.shortTask("a"), Stages.shortTask("b", "a")));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(List.of("pending", "running", "succeeded"), bench.ledger.linesOf("b"));
    assertEquals(3, bench.ledger.records());
  }

  @Test
  void shouldTryAgainWithGrowingPausesWhenAnAttemptFails() {
    List<Double> times = new ArrayList<>();
    bench.stages.script(
        "orders",
        task -> {
          times.add((double) bench.temporal.currentTimeMillis());
          if (times.size() < 3) {
            throw new IllegalStateException("The file server is away.");
          }
        });
    StageSpec patient =
        Stages.with(
            Stages.ingest("orders"),
            new RetrySpec(3, Duration.ofSeconds(30), 4, Duration.ofHours(1)));

    RunState end = bench.run(Stages.graph(patient));

    assertEquals(RunState.SUCCEEDED, end);
    assertEquals(3, times.size());
    // What the machine itself takes is added by the clock that skips.
    assertEquals(30_000.0 + 14_000, times.get(1) - times.get(0), 15_000.0);
    assertEquals(120_000.0 + 14_000, times.get(2) - times.get(1), 15_000.0);
  }

  @Test
  void shouldFailWithTheRootCauseWhenEveryAttemptFails() {
    bench.stages.script(
        "orders",
        task -> {
          throw new IllegalStateException("outer", new ArithmeticException("/ by zero"));
        });

    RunState end = bench.run(Stages.graph(Stages.ingest("orders")));

    assertEquals(RunState.FAILED, end);
    assertEquals(3, bench.stages.attemptsAt("orders").size());
    assertEquals(
        new StageError("java.lang.ArithmeticException", "/ by zero", List.of()),
        bench.ledger.errorOf("orders"));
    assertEquals(bench.ledger.errorOf("orders"), bench.ledger.closedBecause());
  }

  @Test
  void shouldNotTryAgainWhenNoRetryCanMendIt() {
    bench.stages.script(
        "orders",
        task -> {
          throw StageFailure.of(
              StageFailure.BAD_DATA, "2 rows are broken.", List.of("row 3: amount", "row 9: date"));
        });

    bench.run(Stages.graph(Stages.ingest("orders")));

    assertEquals(1, bench.stages.attemptsAt("orders").size());
    assertEquals(
        new StageError(
            StageFailure.BAD_DATA, "2 rows are broken.", List.of("row 3: amount", "row 9: date")),
        bench.ledger.errorOf("orders"));
  }

  @Test
  void shouldPassOverDetailsThatAreNoLines() {
    bench.stages.script(
        "orders",
        task -> {
          throw ApplicationFailure.newNonRetryableFailure("No.", "own-type", 42);
        });

    bench.run(Stages.graph(Stages.ingest("orders")));

    assertEquals(new StageError("own-type", "No.", List.of()), bench.ledger.errorOf("orders"));
  }

  @Test
  void shouldGiveUpWhatNeedsAFailedStageAndGoOnWithTheRest() {
    bench.stages.script(
        "bad",
        task -> {
          throw StageFailure.of(StageFailure.BAD_DATA, "No.");
        });

    RunState end =
        bench.run(
            Stages.graph(
                Stages.task("bad"),
                Stages.task("good"),
                Stages.task("behind", "bad"),
                Stages.task("far-behind", "behind", "good"),
                Stages.task("fine", "good")));

    assertEquals(RunState.FAILED, end);
    assertEquals(List.of("pending", "upstream-failed"), bench.ledger.linesOf("behind"));
    assertEquals(List.of("pending", "upstream-failed"), bench.ledger.linesOf("far-behind"));
    assertEquals(StageState.SUCCEEDED, bench.ledger.last("fine").state());
    assertTrue(bench.stages.attemptsAt("behind").isEmpty());
  }

  @Test
  void shouldSayThatItTookTooLong() {
    bench.stages.script("slow", task -> heartbeatFor(Duration.ofSeconds(3)));
    StageSpec slow =
        Stages.with(
            Stages.with(Stages.task("slow"), Duration.ofSeconds(1)),
            new RetrySpec(2, Duration.ofMillis(10), 1, Duration.ofMillis(10)));

    bench.run(Stages.graph(slow));

    StageError error = bench.ledger.errorOf("slow");
    assertEquals(StageFailure.TIMED_OUT, error.type());
    assertEquals(
        "Took longer than the 1 second that it has, in the last of 2 attempts. Give it a longer"
            + " timeout, or less to do.",
        error.message());
  }

  @Test
  void shouldSayThatAWorkerFellSilent() throws Exception {
    CyclicBarrier never = new CyclicBarrier(2);
    bench.stages.script("silent", task -> await(never));
    StageSpec once =
        Stages.with(
            Stages.task("silent"),
            new RetrySpec(1, Duration.ofMillis(10), 1, Duration.ofMillis(10)));

    bench.run(Stages.graph(once));

    StageError error = bench.ledger.errorOf("silent");
    assertEquals(
        "The worker fell silent for more than 10 seconds: it was killed, cut off, or out of"
            + " memory.",
        error.message());
  }

  @Test
  void shouldFailAShortTaskThatIsNotShort() {
    bench.stages.script("slow", task -> heartbeatFor(Duration.ofSeconds(3)));
    StageSpec once =
        Stages.with(
            Stages.shortTask("slow"),
            new RetrySpec(1, Duration.ofMillis(10), 1, Duration.ofMillis(10)));

    assertEquals(RunState.FAILED, bench.run(Stages.graph(once)));
    assertTrue(bench.ledger.errorOf("slow").message().startsWith("Took longer than the 2 seconds"));
  }

  @Test
  void shouldCarryOutALongChainOfShortTasksWithoutALongHistory() {
    StageSpec[] chain =
        IntStream.range(0, 200)
            .mapToObj(
                i -> i == 0 ? Stages.shortTask("s0") : Stages.shortTask("s" + i, "s" + (i - 1)))
            .toArray(StageSpec[]::new);

    assertEquals(RunState.SUCCEEDED, bench.run(Stages.graph(chain)));
    assertTrue(bench.history("run-1").getEvents().size() < 450);
  }

  private static void heartbeatFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
        if (!Activity.getExecutionContext().getInfo().isLocal()) {
          Activity.getExecutionContext().heartbeat(null);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(15, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("The other one did not come.", e);
    }
  }
}
