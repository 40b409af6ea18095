package dev.airlock.workflows;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's stages stand, and every change on the way there, numbered. It knows the rules of a
 * run's life and nothing of Temporal.
 */
final class RunProgress {

  private final Graph graph;
  private final Map<String, StageState> states = new LinkedHashMap<>();
  private final Map<String, StageOutput> outputs = new LinkedHashMap<>();
  private final Map<String, Instant> unannounced = new LinkedHashMap<>();
  private List<StageChange> unwritten = new ArrayList<>();
  private int lastSequence;
  private @Nullable StageError firstError;

  RunProgress(Graph graph, Instant at) {
    this.graph = graph;
    graph.stages().forEach(stage -> move(stage, StageState.PENDING, at));
  }

  /** The stages that wait for nothing any more, in the graph's order. */
  List<StageSpec> ready() {
    return graph.stages().stream()
        .filter(stage -> stateOf(stage.name()) == StageState.PENDING)
        .filter(stage -> outputs.keySet().containsAll(stage.inputs()))
        .toList();
  }

  /** What the stages it reads have given, in the order of its arguments. */
  Map<String, StageOutput> inputsOf(StageSpec stage) {
    Map<String, StageOutput> inputs = new LinkedHashMap<>();
    for (String input : stage.inputs()) {
      inputs.put(input, Objects.requireNonNull(outputs.get(input), input));
    }
    return inputs;
  }

  void queued(StageSpec stage, Instant at) {
    move(stage, StageState.QUEUED, at);
  }

  void running(StageSpec stage, Instant at) {
    move(stage, StageState.RUNNING, at);
  }

  /** It runs, but is over so soon that the change is told only together with the one after it. */
  void runningBriefly(StageSpec stage, Instant at) {
    states.put(stage.name(), StageState.RUNNING);
    unannounced.put(stage.name(), at);
  }

  void waiting(StageSpec stage, Instant at) {
    move(stage, StageState.WAITING, at);
  }

  void succeeded(StageSpec stage, StageOutput output, Instant at) {
    outputs.put(stage.name(), output);
    change(stage, StageState.SUCCEEDED, at, output, null);
  }

  /** It failed, and with it everything that needs its result. */
  void failed(StageSpec stage, StageError error, Instant at) {
    if (firstError == null) {
      firstError = error;
    }
    change(stage, StageState.FAILED, at, null, error);
    for (StageSpec later : graph.stages()) {
      if (stateOf(later.name()) == StageState.PENDING
          && later.inputs().stream().map(this::stateOf).anyMatch(RunProgress::isLost)) {
        move(later, StageState.UPSTREAM_FAILED, at);
      }
    }
  }

  void cancelled(StageSpec stage, Instant at) {
    move(stage, StageState.CANCELLED, at);
  }

  /** Cancels every stage that has not been handed to anyone. */
  void cancelPending(Instant at) {
    cancelWhere(StageState.PENDING, at);
  }

  /** Cancels every stage that has not ended. */
  void cancelRest(Instant at) {
    for (StageState state : StageState.values()) {
      if (!state.isFinal()) {
        cancelWhere(state, at);
      }
    }
  }

  boolean isOver() {
    return states.values().stream().allMatch(StageState::isFinal);
  }

  /** How a run that goes on stands. */
  RunState state() {
    boolean busy =
        states.containsValue(StageState.RUNNING) || states.containsValue(StageState.QUEUED);
    return !busy && states.containsValue(StageState.WAITING) ? RunState.WAITING : RunState.RUNNING;
  }

  /** How a run that is over has ended. */
  RunState outcome() {
    if (states.containsValue(StageState.CANCELLED)) {
      return RunState.CANCELLED;
    }
    return states.containsValue(StageState.FAILED) ? RunState.FAILED : RunState.SUCCEEDED;
  }

  /** Why the run failed: the error of the stage that failed first. */
  @Nullable StageError error() {
    return firstError;
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

  private void cancelWhere(StageState state, Instant at) {
    graph.stages().stream()
        .filter(stage -> stateOf(stage.name()) == state)
        .forEach(stage -> cancelled(stage, at));
  }

  private void move(StageSpec stage, StageState state, Instant at) {
    change(stage, state, at, null, null);
  }

  private void change(
      StageSpec stage,
      StageState state,
      Instant at,
      @Nullable StageOutput output,
      @Nullable StageError error) {
    Instant began = unannounced.remove(stage.name());
    if (began != null) {
      write(new StageChange(next(), stage.name(), StageState.RUNNING, began, null, null));
    }
    states.put(stage.name(), state);
    write(new StageChange(next(), stage.name(), state, at, output, error));
  }

  private int next() {
    return ++lastSequence;
  }

  private void write(StageChange change) {
    unwritten.add(change);
  }

  private StageState stateOf(String stage) {
    return Objects.requireNonNull(states.get(stage), stage);
  }

  private static boolean isLost(StageState state) {
    return state == StageState.FAILED || state == StageState.UPSTREAM_FAILED;
  }
}
