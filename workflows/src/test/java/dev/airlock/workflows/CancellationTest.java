package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.ApprovalStanding.State;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CancellationTest {

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void shouldStopTheActivityBeforeItSaysCancelled() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    bench.stages.script("train", task -> heartbeatUntilCancelled(stopped));
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.ingest("orders"),
                Stages.train("train", "orders"),
                Stages.evaluate("judge", "train")));
    Bench.eventually(() -> !bench.stages.attemptsAt("train").isEmpty());

    run.cancel();

    bench.awaitCancelled();
    assertTrue(stopped.get());
    assertEquals(RunState.CANCELLED, bench.ledger.closedAs());
    assertNull(bench.ledger.closedBecause());
    assertEquals(
        List.of("pending", "queued", "running", "succeeded"), bench.ledger.linesOf("orders"));
    assertEquals(
        List.of("pending", "queued", "running", "cancelled"), bench.ledger.linesOf("train"));
    assertEquals(List.of("pending", "cancelled"), bench.ledger.linesOf("judge"));
    assertEquals(1, bench.stages.attemptsAt("train").size());
  }

  @Test
  void shouldKeepTheResultOfAStageThatEndsAllTheSame() throws Exception {
    AtomicBoolean letGo = new AtomicBoolean();
    bench.stages.script("slow", task -> waitFor(letGo));
    WorkflowStub run = bench.start(Stages.graph(Stages.task("slow"), Stages.task("next", "slow")));
    Bench.eventually(() -> !bench.stages.attemptsAt("slow").isEmpty());

    run.cancel();
    Bench.eventually(() -> bench.ledger.lines().contains("next cancelled"));
    letGo.set(true);

    bench.awaitCancelled();
    assertEquals(StageState.SUCCEEDED, bench.ledger.last("slow").state());
  }

  @Test
  void shouldSayCancelledWhenAnOutageEndsTheStageMeanwhile() throws Exception {
    AtomicBoolean letGo = new AtomicBoolean();
    bench.stages.script(
        "slow",
        task -> {
          waitFor(letGo);
          throw ApplicationFailure.newFailure("PostgreSQL is away.", StageFailure.UNAVAILABLE);
        });
    WorkflowStub run = bench.start(Stages.graph(Stages.task("slow"), Stages.task("next", "slow")));
    Bench.eventually(() -> !bench.stages.attemptsAt("slow").isEmpty());

    run.cancel();
    Bench.eventually(() -> bench.ledger.lines().contains("next cancelled"));
    letGo.set(true);

    bench.awaitCancelled();
    assertEquals(StageState.CANCELLED, bench.ledger.last("slow").state());
    assertEquals(1, bench.stages.attemptsAt("slow").size());
  }

  @Test
  void shouldWithdrawTheQuestionWhenItIsOpen() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.deploy("go-live", "promote")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of(State.WITHDRAWN), bench.approvals.states());
    assertEquals(
        List.of("pending", "queued", "waiting", "cancelled"), bench.ledger.linesOf("promote"));
    assertEquals(List.of("pending", "cancelled"), bench.ledger.linesOf("go-live"));
    assertTrue(bench.traffic.calls().isEmpty());
  }

  @Test
  void shouldWithdrawTheQuestionAlsoThroughAnOutage() throws Exception {
    WorkflowStub run =
        bench.start(
            Stages.graph(Stages.register("register"), Stages.approval("promote", 1, "register")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.approvals.failNext(3);
    bench.ledger.failNext(4);

    run.cancel();

    bench.awaitCancelled();
    assertEquals(List.of(State.WITHDRAWN), bench.approvals.states());
    assertEquals(RunState.CANCELLED, bench.ledger.closedAs());
  }

  @Test
  void shouldSayThatTrafficMovedWhenItMovedMeanwhile() throws Exception {
    AtomicBoolean letGo = new AtomicBoolean();
    bench.traffic.carriedBy(
        command -> {
          waitFor(letGo);
          bench.carry(command);
        });
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.deploy("go-live", "promote"),
                Stages.task("after", "go-live")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("approver", true, "Fine.");
    Bench.eventually(() -> bench.ledger.lines().contains("go-live running"));

    run.cancel();
    Bench.eventually(() -> bench.ledger.lines().contains("after cancelled"));
    letGo.set(true);

    bench.awaitCancelled();
    assertEquals(StageState.SUCCEEDED, bench.ledger.last("go-live").state());
  }

  @Test
  void shouldWaitForTheEndOfACanaryWithoutFillingItsHistory() throws Exception {
    bench.traffic.begin(FakeRollouts.plan(Duration.ofDays(30)));
    WorkflowStub run =
        bench.start(
            Stages.graph(
                Stages.register("register"),
                Stages.approval("promote", 1, "register"),
                Stages.canary("go-live", "promote"),
                Stages.task("after", "go-live")));
    Bench.eventually(() -> bench.ledger.lines().contains("promote waiting"));
    bench.decide("approver", true, "Fine.");
    Bench.eventually(() -> bench.rollouts.moves().contains("5 %"));

    run.cancel();

    bench.awaitCancelled();
    assertEquals(StageState.SUCCEEDED, bench.ledger.last("go-live").state());
    assertEquals(StageState.CANCELLED, bench.ledger.last("after").state());
    int events = bench.history(RunIds.workflowId(Bench.RUN)).getEvents().size();
    System.out.println("A run cancelled in a canary of 60 days makes " + events + " events");
    assertTrue(events < 5_000, events + " events");
  }

  private static void heartbeatUntilCancelled(AtomicBoolean stopped) {
    try {
      while (true) {
        Activity.getExecutionContext().heartbeat(null);
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (ActivityCompletionException cancelled) {
      stopped.set(true);
      throw cancelled;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void waitFor(AtomicBoolean condition) {
    try {
      Bench.eventually(condition::get);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
