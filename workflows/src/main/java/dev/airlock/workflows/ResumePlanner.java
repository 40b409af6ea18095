package dev.airlock.workflows;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ResumePlan.Action;
import dev.airlock.workflows.ResumePlan.Cause;
import dev.airlock.workflows.ResumePlan.Planned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a run that resumes another one runs. Two laws hold of every plan: whatever comes
 * after a stage that runs, runs; and no stage that runs takes a result that is gone.
 */
public final class ResumePlanner {

  private final Before before;
  private final Graph graph;
  private final int version;
  private final SortedMap<String, String> params;
  private final Set<String> from;
  private final Map<String, Reason> running = new LinkedHashMap<>();
  private final Map<String, List<String>> befores = new HashMap<>();
  private final Map<String, Set<String>> ancestors = new HashMap<>();
  private final Map<String, StageSpec> specs = new HashMap<>();
  private final List<StageSpec> tornDown;
  private final Map<String, String> undone = new HashMap<>();

  private ResumePlanner(
      Before before, Graph graph, int version, SortedMap<String, String> params, Set<String> from) {
    this.before = before;
    this.graph = graph;
    this.version = version;
    this.params = params;
    this.from = from;
    before.graph().stages().forEach(stage -> specs.put(stage.name(), stage));
    graph.stages().forEach(stage -> befores.put(stage.name(), before(stage)));
    this.tornDown =
        graph.stages().stream()
            .filter(stage -> flow(stage).part() == FlowSpec.Part.TEARDOWN)
            .filter(stage -> hasRun(before.stages().get(stage.name())))
            .toList();
    before.graph().stages().stream()
        .filter(stage -> flow(stage).part() == FlowSpec.Part.COMPENSATION)
        .filter(stage -> hasRun(before.stages().get(stage.name())))
        .forEach(stage -> flow(stage).of().forEach(one -> undone.put(one, stage.name())));
  }

  /**
   * The run that is resumed.
   *
   * @param params all of them
   * @param stages how each stood, by name
   */
  public record Before(
      long runId, Graph graph, SortedMap<String, String> params, Map<String, PastStage> stages) {
    public Before {
      stages = Map.copyOf(stages);
    }
  }

  private record Reason(Cause cause, String why) {}

  /**
   * Plans.
   *
   * @param graph what the new run runs
   * @param version the pipeline's version of that graph
   * @param params all params of the new run
   * @param from stages that run in any case
   */
  public static ResumePlan plan(
      Before before, Graph graph, int version, SortedMap<String, String> params, Set<String> from) {
    return new ResumePlanner(before, graph, version, params, from).plan();
  }

  private ResumePlan plan() {
    for (StageSpec stage : graph.stages()) {
      ownReason(stage).ifPresent(reason -> running.put(stage.name(), reason));
    }
    int known;
    do {
      known = running.size();
      graph.stages().forEach(this::follow);
    } while (running.size() > known);
    return new ResumePlan(graph.stages().stream().map(this::planned).toList());
  }

  private Optional<Reason> ownReason(StageSpec stage) {
    PastStage past = before.stages().get(stage.name());
    StageSpec was = specs.get(stage.name());
    FlowSpec.Part part = flow(stage).part();
    if (part == FlowSpec.Part.ON_FAILURE || part == FlowSpec.Part.COMPENSATION) {
      return reason(Cause.FAILURE, "it runs only where something fails");
    }
    if (from.contains(stage.name())) {
      return reason(Cause.CHOSEN, "chosen");
    }
    if (past == null || was == null) {
      return reason(Cause.NEW, "new in version " + version);
    }
    if (past.state() != StageState.SUCCEEDED
        && past.state() != StageState.CACHED
        && past.state() != StageState.SKIPPED) {
      return reason(Cause.UNFINISHED, unfinished(past.state()));
    }
    String difference = difference(was, stage);
    if (difference != null) {
      return reason(Cause.DEFINITION, "%s in version %d".formatted(difference, version));
    }
    for (String param : new TreeSet<>(stage.params())) {
      String old = before.params().get(param);
      String now = params.get(param);
      if (!Objects.equals(old, now)) {
        return reason(
            Cause.PARAM, "param %s changed from %s to %s".formatted(param, shown(old), shown(now)));
      }
    }
    if (past.state() == StageState.SKIPPED) {
      return Optional.empty();
    }
    String undoing = undone.get(stage.name());
    if (undoing != null) {
      return reason(Cause.GONE, "%s undid it in run %d".formatted(undoing, before.runId()));
    }
    if (stage.work() instanceof Work.Deploy) {
      return reason(Cause.ALWAYS, "every run deploys for itself");
    }
    if (stage.work() instanceof Work.Monitor) {
      return reason(Cause.ALWAYS, "every run sets up its monitors for itself");
    }
    if (past.output() == null) {
      return reason(Cause.GONE, "run %d kept no result of it".formatted(before.runId()));
    }
    return stage.work() instanceof Work.Approval && past.objection() != null
        ? reason(Cause.GONE, past.objection())
        : Optional.empty();
  }

  private static Optional<Reason> reason(Cause cause, String why) {
    return Optional.of(new Reason(cause, why));
  }

  private String unfinished(StageState state) {
    return switch (state) {
      case FAILED -> "it failed in run " + before.runId();
      case CANCELLED -> "it was cancelled in run " + before.runId();
      case UPSTREAM_FAILED ->
          "it did not start in run %d, since something before it failed".formatted(before.runId());
      default -> "it did not end in run " + before.runId();
    };
  }

  private static String shown(@Nullable String value) {
    return value == null ? "nothing" : value;
  }

  /** What makes its result another one, or null. How often it is tried again does not. */
  private static @Nullable String difference(StageSpec was, StageSpec is) {
    if (!was.work().kind().equals(is.work().kind())) {
      return "it became a stage of the kind " + is.work().kind();
    }
    if (!was.inputs().equals(is.inputs())) {
      return "what it takes changed";
    }
    if (!Objects.equals(flow(was).guard(), flow(is).guard())
        || !Objects.equals(flow(was).choice(), flow(is).choice())) {
      return "the choice that it makes or depends on changed";
    }
    if (was.work() instanceof Work.Transform && !was.work().equals(is.work())) {
      return "its SQL changed";
    }
    return was.work().equals(is.work()) && was.params().equals(is.params())
        ? null
        : "its definition changed";
  }

  private static FlowSpec flow(StageSpec stage) {
    return Objects.requireNonNullElse(stage.flow(), FlowSpec.PLAIN);
  }

  private static boolean hasRun(@Nullable PastStage past) {
    return past != null
        && (past.state() == StageState.SUCCEEDED || past.state() == StageState.FAILED);
  }

  /** What a stage's running, or that of those before it, calls for. */
  private void follow(StageSpec stage) {
    if (!running.containsKey(stage.name())) {
      before(stage).stream()
          .filter(running::containsKey)
          .findFirst()
          .ifPresent(
              earlier ->
                  running.put(stage.name(), new Reason(Cause.UPSTREAM, "it follows " + earlier)));
    }
    Reason reason = running.get(stage.name());
    if (reason != null && reason.cause() != Cause.FAILURE) {
      stage.inputs().forEach(this::require);
      setUpAgain(stage);
    }
  }

  /** A result that is needed and can't be taken must be made again. */
  private void require(String stage) {
    PastStage past = before.stages().get(stage);
    if (past != null && past.objection() != null) {
      running.putIfAbsent(stage, new Reason(Cause.GONE, past.objection()));
    }
  }

  /** What was set up for a stage that runs, and torn down since. */
  private void setUpAgain(StageSpec stage) {
    if (flow(stage).part() != null) {
      return;
    }
    for (StageSpec teardown : tornDown) {
      if (ancestors(teardown.name()).contains(stage.name())) {
        for (String setUp : flow(teardown).of()) {
          if (ancestors(stage.name()).contains(setUp)) {
            running.putIfAbsent(
                setUp,
                new Reason(
                    Cause.GONE,
                    "%s tore it down in run %d".formatted(teardown.name(), before.runId())));
          }
        }
      }
    }
  }

  private Set<String> ancestors(String stage) {
    Set<String> known = ancestors.get(stage);
    if (known == null) {
      known = new HashSet<>();
      Deque<String> open = new ArrayDeque<>(List.of(stage));
      while (!open.isEmpty()) {
        for (String earlier : befores.getOrDefault(open.pop(), List.of())) {
          if (known.add(earlier)) {
            open.push(earlier);
          }
        }
      }
      ancestors.put(stage, known);
    }
    return known;
  }

  /** The stages that must have ended before this one starts. */
  static List<String> before(StageSpec stage) {
    FlowSpec flow = flow(stage);
    List<String> before = new ArrayList<>(stage.inputs());
    before.addAll(flow.after());
    before.addAll(flow.of());
    if (flow.guard() != null) {
      before.add(flow.guard().choice());
    }
    return before;
  }

  private Planned planned(StageSpec stage) {
    String name = stage.name();
    String kind = stage.work().kind();
    Reason reason = running.get(name);
    if (reason != null) {
      Action action = reason.cause() == Cause.FAILURE ? Action.STAND_BY : Action.RUN;
      return new Planned(name, kind, action, reason.cause(), reason.why(), null);
    }
    PastStage past = Objects.requireNonNull(before.stages().get(name), name);
    if (past.state() == StageState.SKIPPED) {
      return new Planned(
          name,
          kind,
          Action.SKIP,
          Cause.SKIPPED,
          "it was skipped in run %d, and what decided so is taken".formatted(before.runId()),
          null);
    }
    return new Planned(
        name,
        kind,
        Action.REUSE,
        Cause.SUCCEEDED,
        "it succeeded in run " + past.madeBy(),
        past.madeBy());
  }
}
