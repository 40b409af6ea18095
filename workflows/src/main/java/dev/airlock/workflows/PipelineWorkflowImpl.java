package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Interprets a graph. Nothing is handed to anyone before PostgreSQL knows that it will be: an
 * outage holds the run up, and no more than that.
 *
 * <p>A stage that is {@linkplain RunProgress#ready ready} goes through, in this order: a result of
 * before that is taken for it; its guard (which {@code RunProgress} knows); the pool that it
 * shares; the {@linkplain StageRunners runner} of its kind.
 *
 * <p>Runs live through upgrades. A change to the order or kind of what is done here goes behind
 * {@link Workflow#getVersion}; the recorded histories of the tests, replayed, tell whether it must.
 */
final class PipelineWorkflowImpl implements PipelineWorkflow {

  private static final Duration UNTIL_TOLD_TO_STOP = Duration.ofSeconds(1);
  private static final Duration FIRST_WIND_DOWN = Duration.ofMinutes(1);

  /** A canary takes days, and each look costs the run some of its history. */
  private static final Duration LONGEST_WIND_DOWN = Duration.ofHours(6);

  private static final Duration PAUSE_OF_OUTAGE = Duration.ofSeconds(10);

  private final RunRequest request;
  private final RunProgress progress;
  private final PatientLedger ledger = new PatientLedger();
  private final ApprovalGate gate = new ApprovalGate();
  private final TrafficRequest traffic = new TrafficRequest();
  private final SubRuns subRuns = new SubRuns();
  private final WaitingActivities waiting = new PatientWaiting();
  private final EventGate events = new EventGate(waiting);
  private final PoolGate pools = new PoolGate(waiting, this::runs);
  private final StageRunners runners =
      new StageRunners()
          .with(Work.Approval.class, new GateRunner(gate, this::waits))
          .with(Work.Deploy.class, new TrafficRunner(traffic))
          .with(Work.Sensor.class, new SensorRunner(this::waits))
          .with(Work.AwaitEvent.class, new EventRunner(events, this::waits))
          .with(Work.FirstOf.class, new FirstOf())
          .with(Work.SubPipeline.class, subRuns)
          .with(Work.Map.class, new MapRunner());
  private final CacheLooks looks = new CacheLooks();
  private final Map<String, StageTask> underWay = new LinkedHashMap<>();
  private final Queue<Ended> ended = new ArrayDeque<>();
  private final HistoryLength history;
  private boolean stopping;
  private boolean cancelled;

  PipelineWorkflowImpl(RunRequest request, HistoryBounds bounds) {
    this.request = request;
    this.history = new HistoryLength(bounds);
    RunCarry carried = request.carried();
    if (carried == null) {
      this.progress = new RunProgress(request.graph(), now());
    } else {
      this.progress = new RunProgress(request.graph(), carried);
      gate.takeUp(carried.asked(), carried.standings());
      carried.finished().forEach(traffic::finished);
    }
  }

  @Override
  public RunState run(RunRequest sameRequest) {
    try {
      progress.underWay().forEach(stage -> start(taskOf(stage)));
      advance();
    } catch (CanceledFailure told) {
      cancelled = true;
      Detached.run(this::windDown);
    }
    Detached.run(this::finish);
    Detached.run(this::close);
    return progress.outcome();
  }

  @Override
  public DecisionOutcome decide(long approvalId, long decisionId) {
    return gate.count(approvalId, decisionId);
  }

  @Override
  public void validateDecide(long approvalId, long decisionId) {
    if (approvalId < 1 || decisionId < 1) {
      throw new IllegalArgumentException(
          "Expected the ids of an approval and a decision, both at least 1, but got %d and %d."
              .formatted(approvalId, decisionId));
    }
  }

  @Override
  public void commandFinished(long commandId) {
    traffic.finished(commandId);
  }

  @Override
  public void subRunEnded(long runId) {
    subRuns.ended(runId);
  }

  @Override
  public void slotsGranted(long requestId) {
    pools.granted(requestId);
  }

  @Override
  public void eventArrived(long waitId) {
    events.arrived(waitId);
  }

  private void advance() {
    startReady();
    while (!progress.isOver()) {
      Workflow.await(() -> !ended.isEmpty() || looks.hasAnswers() || progress.hasUnwritten());
      settleEnded();
      looks.settle(this::takeCached);
      startReady();
      continueWhereLong();
    }
  }

  /** The run may have been cancelled since it was looked for. */
  private void takeCached(StageSpec stage, StageOutput output) {
    if (progress.ready().contains(stage)) {
      progress.cached(stage, output, now());
    }
  }

  private void startReady() {
    takeGiven();
    List<StageSpec> ready = progress.ready();
    ready.stream().filter(looks::holds).forEach(stage -> looks.ask(taskOf(stage)));
    List<StageSpec> free = ready.stream().filter(stage -> !looks.holds(stage)).toList();
    start(history.thoseThatFit(free, underWay.values().stream().filter(this::isBound).count()));
  }

  /** Whether this execution can't be left before the task has ended. */
  private boolean isBound(StageTask task) {
    return PoolGate.isShared(task.stage()) || !runners.of(task.stage()).isTakenUp();
  }

  /**
   * Lets another execution go on where this one's history grows long. What waits outside is taken
   * up there; an activity or a child can't be, so the run goes on until they have ended.
   */
  private void continueWhereLong() {
    if (cancelled || !canBeLeft() || !history.isLong()) {
      return;
    }
    writeDown();
    Workflow.await(Workflow::isEveryHandlerFinished);
    if (canBeLeft() && !progress.hasUnwritten()) {
      Workflow.continueAsNew(
          request.at(
              progress.carried().waitingFor(gate.asked(), gate.standings(), traffic.finished())));
    }
  }

  private boolean canBeLeft() {
    return ended.isEmpty()
        && !progress.isOver()
        && underWay.values().stream().noneMatch(this::isBound);
  }

  private void start(List<StageSpec> ready) {
    ready.stream().filter(PipelineWorkflowImpl::isBrief).forEach(this::startShort);
    List<StageSpec> isolated = ready.stream().filter(stage -> !isBrief(stage)).toList();
    isolated.forEach(this::announce);
    writeDown();
    CancellationScope.throwCanceled();
    isolated.forEach(stage -> start(taskOf(stage)));
  }

  /** What an earlier run has made is there at once, and with it what that makes ready. */
  private void takeGiven() {
    Map<String, StageOutput> given = request.reused();
    if (given == null) {
      return;
    }
    for (List<StageSpec> ready = readyOf(given); !ready.isEmpty(); ready = readyOf(given)) {
      ready.forEach(
          stage -> progress.cached(stage, Objects.requireNonNull(given.get(stage.name())), now()));
    }
  }

  private List<StageSpec> readyOf(Map<String, StageOutput> given) {
    return progress.ready().stream().filter(stage -> given.containsKey(stage.name())).toList();
  }

  /**
   * Whether it is over so soon that it is told of only once. A pool may keep a short one waiting.
   */
  private static boolean isBrief(StageSpec stage) {
    return StageActivities.isShort(stage) && !PoolGate.isShared(stage);
  }

  private void startShort(StageSpec stage) {
    history.addShort();
    progress.runningBriefly(stage, now());
    start(taskOf(stage));
  }

  private void announce(StageSpec stage) {
    progress.queued(stage, now());
    if (!runners.of(stage).tellsItself() && !PoolGate.isShared(stage)) {
      progress.running(stage, now());
    }
  }

  private void writeDown() {
    if (progress.hasUnwritten()) {
      ledger.record(request.runId(), progress.takeUnwritten(), progress.state());
    }
  }

  private void start(StageTask task) {
    underWay.put(task.stage().name(), task);
    StageRunner runner = runners.of(task.stage());
    Promise<? extends StageOutput> result =
        PoolGate.isShared(task.stage()) ? pools.enter(task, runner) : runner.start(task);
    result.handle((output, failure) -> ended.add(new Ended(task, output, failure)));
  }

  private void settleEnded() {
    for (Ended next = ended.poll(); next != null; next = ended.poll()) {
      settle(next);
    }
  }

  private void settle(Ended end) {
    StageSpec stage = end.task().stage();
    if (underWay.remove(stage.name()) == null) {
      return; // it was given up before
    }
    if (end.output() != null) {
      settleAnswered(stage, end.output());
    } else {
      settleFailed(end.task(), Objects.requireNonNull(end.failure()));
    }
  }

  private void settleAnswered(StageSpec stage, StageOutput output) {
    Choices.fault(stage, output)
        .ifPresentOrElse(
            fault -> progress.failed(stage, fault, now()),
            () -> progress.succeeded(stage, output, now()));
  }

  private void settleFailed(StageTask task, RuntimeException failure) {
    if (stopping && StageErrors.isCutShort(failure)) {
      progress.cancelled(task.stage(), now());
    } else if (!stopping && StageErrors.isOutage(failure)) {
      startAfterOutage(task.afterOutage());
    } else if (StageErrors.isSkip(failure)) {
      progress.skipped(task.stage(), now());
    } else {
      progress.failed(task.stage(), StageErrors.explain(failure, task.stage()), now());
    }
  }

  private void startAfterOutage(StageTask task) {
    underWay.put(task.stage().name(), task);
    Async.function(
            () -> {
              Workflow.sleep(PAUSE_OF_OUTAGE);
              return (StageOutput) runners.of(task.stage()).start(task).get();
            })
        .handle((output, failure) -> ended.add(new Ended(task, output, failure)));
  }

  /**
   * Waits until what is under way has stopped; only what takes its time may do so. The ledger comes
   * second, so that an outage of PostgreSQL does not keep anything running. What was set up is torn
   * down.
   */
  private void windDown() {
    stopping = true;
    progress.cancelPending(now());
    awaitEnded(UNTIL_TOLD_TO_STOP);
    writeDown();
    boolean stopped = true;
    Duration pause = FIRST_WIND_DOWN;
    while (!underWay.isEmpty() && (stopped || someTakesItsTime())) {
      stopped = awaitEnded(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_WIND_DOWN) < 0 ? longer : LONGEST_WIND_DOWN;
    }
    underWay.clear();
    progress.cancelRest(now());
    stopping = false;
    advance();
  }

  private boolean awaitEnded(Duration longest) {
    boolean some = underWay.isEmpty() || Workflow.await(longest, () -> !ended.isEmpty());
    settleEnded();
    return some;
  }

  private boolean someTakesItsTime() {
    return underWay.values().stream().anyMatch(task -> runners.of(task.stage()).takesItsTime());
  }

  /** What the end of the run calls for: first undoes what was done, then tells of the failure. */
  private void finish() {
    for (StageSpec undo : progress.toUndo(now())) {
      seeThrough(List.of(undo));
    }
    seeThrough(progress.toTell(now()));
  }

  private void seeThrough(List<StageSpec> stages) {
    start(stages);
    while (!underWay.isEmpty()) {
      Workflow.await(() -> !ended.isEmpty() || progress.hasUnwritten());
      settleEnded();
      writeDown();
    }
  }

  private void close() {
    writeDown();
    Workflow.await(Workflow::isEveryHandlerFinished);
    RunState outcome = progress.outcome();
    ledger.close(
        request.runId(), outcome, outcome == RunState.FAILED ? progress.error() : null, now());
  }

  private void waits(StageSpec stage) {
    progress.waiting(stage, now());
  }

  private void runs(StageSpec stage) {
    progress.running(stage, now());
  }

  private StageTask taskOf(StageSpec stage) {
    return new StageTask(
        request.runId(),
        request.graph().name(),
        request.version(),
        request.codeDigest(),
        request.logicalDate(),
        request.params(),
        request.requestedBy(),
        stage,
        Failures.inputsOf(stage, request, progress));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  /** A stage that has ended: exactly one of output and failure is present. */
  private record Ended(
      StageTask task, @Nullable StageOutput output, @Nullable RuntimeException failure) {}
}
