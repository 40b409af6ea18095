package dev.airlock.workflows;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's stages stand, and every change on the way there, numbered. It knows the rules of a
 * run's life and nothing of Temporal.
 *
 * <p>A change costs as much as the stage has others waiting for it, however many stages the graph
 * has.
 */
final class RunProgress {

  private final Map<String, StageNode> nodes = new LinkedHashMap<>();
  private final NavigableSet<StageNode> ready = new TreeSet<>();
  private final NavigableSet<StageNode> undecided = new TreeSet<>();
  private final Map<StageState, Integer> counts = new EnumMap<>(StageState.class);
  private final List<String> succeeded = new ArrayList<>();
  private final Map<String, Instant> unannounced = new LinkedHashMap<>();
  private List<StageChange> unwritten = new ArrayList<>();
  private int lastSequence;
  private int failures;
  private int openAtTheEnd;
  private @Nullable StageError firstError;
  private @Nullable String firstFailed;

  RunProgress(Graph graph, Instant at) {
    for (StageSpec stage : graph.stages()) {
      nodes.put(stage.name(), new StageNode(nodes.size(), stage));
    }
    nodes.values().forEach(this::connect);
    for (StageNode node : nodes.values()) {
      count(node.state(), 1);
      openAtTheEnd += node.isForTheEnd() ? 1 : 0;
      write(new StageChange(next(), node.name(), node.state(), at, null, null));
    }
    undecided.addAll(nodes.values());
    decide(at);
  }

  /** Where a run stood when it continued as new. */
  RunProgress(Graph graph, RunCarry carried) {
    for (StageSpec stage : graph.stages()) {
      nodes.put(stage.name(), new StageNode(nodes.size(), stage));
    }
    nodes.values().forEach(this::connect);
    for (StageNode node : nodes.values()) {
      count(node.state(), 1);
      openAtTheEnd += node.isForTheEnd() ? 1 : 0;
    }
    lastSequence = carried.lastSequence();
    firstError = carried.firstError();
    firstFailed = carried.firstFailed();
    succeeded.addAll(carried.succeeded());
    carried.outputs().forEach((stage, output) -> node(stage).give(output));
    carried.errors().forEach((stage, error) -> node(stage).fail(error));
    carried.states().forEach((stage, state) -> enter(node(stage), state));
    for (StageNode node : nodes.values()) {
      failures += node.state() == StageState.FAILED && !node.mayFail() ? 1 : 0;
    }
    undecided.addAll(nodes.values());
    decide(Instant.EPOCH);
  }

  /** What is to be known where the run goes on; nothing may be unwritten. */
  RunCarry carried() {
    Map<String, StageState> states = new LinkedHashMap<>();
    Map<String, StageOutput> outputs = new LinkedHashMap<>();
    Map<String, StageError> errors = new LinkedHashMap<>();
    for (StageNode node : nodes.values()) {
      if (node.state() != StageState.PENDING) {
        states.put(node.name(), node.state());
      }
      StageOutput output = node.output();
      if (output != null && node.concerned().stream().anyMatch(one -> !one.state().isFinal())) {
        outputs.put(node.name(), output);
      }
      StageError error = node.error();
      if (error != null) {
        errors.put(node.name(), error);
      }
    }
    return new RunCarry(
        lastSequence,
        states,
        outputs,
        errors,
        succeeded,
        firstError,
        firstFailed,
        Map.of(),
        List.of(),
        List.of());
  }

  /** The stages that have been handed to somebody and have not ended. */
  List<StageSpec> underWay() {
    return nodes.values().stream()
        .filter(node -> node.state() != StageState.PENDING && !node.state().isFinal())
        .map(StageNode::stage)
        .toList();
  }

  /** The stages that wait for nothing any more, in the graph's order. */
  List<StageSpec> ready() {
    return ready.stream().map(StageNode::stage).toList();
  }

  /**
   * What the stages it reads have given, in the order of its arguments; null for one that has given
   * nothing, where the stage's trigger rule puts up with that.
   */
  Map<String, StageOutput> inputsOf(StageSpec stage) {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    for (String input : stage.inputs()) {
      inputs.put(input, node(input).output());
    }
    return inputs;
  }

  void queued(StageSpec stage, Instant at) {
    move(node(stage), StageState.QUEUED, at);
  }

  void running(StageSpec stage, Instant at) {
    move(node(stage), StageState.RUNNING, at);
  }

  /** It runs, but is over so soon that the change is told only together with the one after it. */
  void runningBriefly(StageSpec stage, Instant at) {
    enter(node(stage), StageState.RUNNING);
    unannounced.put(stage.name(), at);
  }

  void waiting(StageSpec stage, Instant at) {
    if (node(stage).state() != StageState.WAITING) {
      move(node(stage), StageState.WAITING, at);
    }
  }

  void succeeded(StageSpec stage, StageOutput output, Instant at) {
    StageNode node = node(stage);
    node.give(output);
    succeeded.add(stage.name());
    change(node, StageState.SUCCEEDED, at, output, null);
    decide(at);
  }

  /** A result of before is taken for it; it does not run. */
  void cached(StageSpec stage, StageOutput output, Instant at) {
    StageNode node = node(stage);
    node.give(output);
    change(node, StageState.CACHED, at, output, null);
    decide(at);
  }

  /** It does not run, and nothing is wrong with that. */
  void skipped(StageSpec stage, Instant at) {
    move(node(stage), StageState.SKIPPED, at);
    decide(at);
  }

  /** It failed, and with it everything that can't do without. */
  void failed(StageSpec stage, StageError error, Instant at) {
    StageNode node = node(stage);
    node.fail(error);
    if (!node.mayFail()) {
      failures++;
      if (firstError == null) {
        firstError = error;
        firstFailed = stage.name();
      }
    }
    change(node, StageState.FAILED, at, null, error);
    decide(at);
  }

  void cancelled(StageSpec stage, Instant at) {
    move(node(stage), StageState.CANCELLED, at);
    decide(at);
  }

  /**
   * Cancels every stage that has not been handed to anyone. What the end of the run calls for still
   * has its turn, and so has a teardown.
   */
  void cancelPending(Instant at) {
    cancelWhere(StageState.PENDING, at);
    decide(at);
  }

  /** Cancels every stage that has not ended, as {@link #cancelPending} does. */
  void cancelRest(Instant at) {
    for (StageState state : StageState.values()) {
      if (!state.isFinal()) {
        cancelWhere(state, at);
      }
    }
    decide(at);
  }

  /** Whether every stage has ended but those that the end of the run calls for. */
  boolean isOver() {
    return open() == openAtTheEnd;
  }

  /**
   * The stages that undo what has succeeded, the last success first. Those that there is no need
   * for are skipped.
   */
  List<StageSpec> toUndo(Instant at) {
    List<StageSpec> undo = new ArrayList<>();
    if (outcome() != RunState.SUCCEEDED) {
      Map<String, StageSpec> undoing = new LinkedHashMap<>();
      atTheEnd(FlowSpec.Part.COMPENSATION)
          .forEach(node -> node.of().forEach(undone -> undoing.put(undone, node.stage())));
      for (String stage : succeeded) {
        StageSpec undoes = undoing.get(stage);
        if (undoes != null) {
          undo.add(0, undoes);
        }
      }
    }
    skipAtTheEnd(FlowSpec.Part.COMPENSATION, undo, at);
    return undo;
  }

  /** The stages that the failure of the run calls for; where it has not failed, none. */
  List<StageSpec> toTell(Instant at) {
    List<StageSpec> tell = new ArrayList<>();
    if (outcome() == RunState.FAILED) {
      atTheEnd(FlowSpec.Part.ON_FAILURE).forEach(node -> tell.add(node.stage()));
    }
    skipAtTheEnd(FlowSpec.Part.ON_FAILURE, tell, at);
    return tell;
  }

  /** How a run that goes on stands. */
  RunState state() {
    boolean busy = counted(StageState.RUNNING) > 0 || counted(StageState.QUEUED) > 0;
    return !busy && counted(StageState.WAITING) > 0 ? RunState.WAITING : RunState.RUNNING;
  }

  /** How a run that is over has ended. */
  RunState outcome() {
    if (counted(StageState.CANCELLED) > 0) {
      return RunState.CANCELLED;
    }
    return failures > 0 ? RunState.FAILED : RunState.SUCCEEDED;
  }

  /** Why the run failed: the error of the stage that failed first. */
  @Nullable StageError error() {
    return firstError;
  }

  /** The stage that failed first, of those whose failure is the run's. */
  @Nullable String firstFailed() {
    return firstFailed;
  }

  /** Why a stage failed; null where it has not. */
  @Nullable StageError errorOf(String stage) {
    return node(stage).error();
  }

  boolean hasUnwritten() {
    return !unwritten.isEmpty();
  }

  /** The changes since it was last asked. */
  List<StageChange> takeUnwritten() {
    List<StageChange> taken = unwritten;
    unwritten = new ArrayList<>();
    return taken;
  }

  private void connect(StageNode node) {
    node.predecessors().forEach(before -> node(before).addFollower(node));
    String choice = node.choice();
    if (choice != null) {
      node.dependOn(node(choice));
    }
    node.of().forEach(one -> node.belongTo(node(one)));
  }

  /** Looks at the stages before which something has ended, and at what follows from that. */
  private void decide(Instant at) {
    while (!undecided.isEmpty()) {
      StageNode node = undecided.pollFirst();
      if (node.state() == StageState.PENDING && !node.isForTheEnd()) {
        switch (node.verdict()) {
          case START -> ready.add(node);
          case SKIP -> move(node, StageState.SKIPPED, at);
          case FAIL -> move(node, StageState.UPSTREAM_FAILED, at);
          case WAIT -> {}
        }
      }
    }
  }

  private List<StageNode> atTheEnd(FlowSpec.Part part) {
    return nodes.values().stream()
        .filter(node -> node.isForTheEnd() && node.part() == part)
        .toList();
  }

  private void skipAtTheEnd(FlowSpec.Part part, List<StageSpec> but, Instant at) {
    for (StageNode node : atTheEnd(part)) {
      if (node.state() == StageState.PENDING && !but.contains(node.stage())) {
        move(node, StageState.SKIPPED, at);
      }
    }
  }

  private void cancelWhere(StageState state, Instant at) {
    for (StageNode node : nodes.values()) {
      boolean stays = state == StageState.PENDING && (node.isForTheEnd() || node.isTeardown());
      if (node.state() == state && !stays) {
        move(node, StageState.CANCELLED, at);
      }
    }
  }

  private void move(StageNode node, StageState state, Instant at) {
    change(node, state, at, null, null);
  }

  private void change(
      StageNode node,
      StageState state,
      Instant at,
      @Nullable StageOutput output,
      @Nullable StageError error) {
    Instant began = unannounced.remove(node.name());
    if (began != null) {
      write(new StageChange(next(), node.name(), StageState.RUNNING, began, null, null));
    }
    enter(node, state);
    write(new StageChange(next(), node.name(), state, at, output, error));
  }

  private void enter(StageNode node, StageState state) {
    if (node.state() == StageState.PENDING) {
      ready.remove(node);
      openAtTheEnd -= node.isForTheEnd() ? 1 : 0;
    }
    count(node.state(), -1);
    count(state, 1);
    node.enter(state);
    if (state.isFinal()) {
      node.tellFollowers();
      undecided.addAll(node.concerned());
    }
  }

  private void count(StageState state, int more) {
    counts.merge(state, more, Integer::sum);
  }

  private int counted(StageState state) {
    return counts.getOrDefault(state, 0);
  }

  private int open() {
    int open = 0;
    for (Map.Entry<StageState, Integer> entry : counts.entrySet()) {
      open += entry.getKey().isFinal() ? 0 : entry.getValue();
    }
    return open;
  }

  private int next() {
    return ++lastSequence;
  }

  private void write(StageChange change) {
    unwritten.add(change);
  }

  private StageNode node(StageSpec stage) {
    return node(stage.name());
  }

  private StageNode node(String stage) {
    return Objects.requireNonNull(nodes.get(stage), stage);
  }
}
