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
  private final Map<String, Set<String>> ancestors = new HashMap<>();

  private ResumePlanner(
      Before before, Graph graph, int version, SortedMap<String, String> params, Set<String> from) {
    this.before = before;
    this.graph = graph;
    this.version = version;
    this.params = params;
    this.from = from;
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
    while (spread()) {
      // Each round makes at least one more stage run.
    }
    return new ResumePlan(graph.stages().stream().map(this::planned).toList());
  }

  private Optional<Reason> ownReason(StageSpec stage) {
    PastStage past = before.stages().get(stage.name());
    StageSpec was = before.graph().stage(stage.name()).orElse(null);
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
    String undoing = undoing(stage.name());
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

  /** The compensation that took back what a stage had done, or null. */
  private @Nullable String undoing(String stage) {
    return before.graph().stages().stream()
        .filter(other -> flow(other).part() == FlowSpec.Part.COMPENSATION)
        .filter(other -> flow(other).of().contains(stage))
        .map(StageSpec::name)
        .filter(name -> hasRun(before.stages().get(name)))
        .findFirst()
        .orElse(null);
  }

  private static boolean hasRun(@Nullable PastStage past) {
    return past != null
        && (past.state() == StageState.SUCCEEDED || past.state() == StageState.FAILED);
  }

  /** One round of consequences; false where there were none. */
  private boolean spread() {
    Map<String, Reason> more = new LinkedHashMap<>();
    for (StageSpec stage : graph.stages()) {
      if (running.containsKey(stage.name())) {
        for (String input : stage.inputs()) {
          missing(input).ifPresent(reason -> more.put(input, reason));
        }
        tornDown(stage).forEach(more::put);
      } else {
        before(stage).stream()
            .filter(running::containsKey)
            .findFirst()
            .ifPresent(
                earlier ->
                    more.put(stage.name(), new Reason(Cause.UPSTREAM, "it follows " + earlier)));
      }
    }
    running.putAll(more);
    return !more.isEmpty();
  }

  /** Why a result that is needed can't be taken. */
  private Optional<Reason> missing(String stage) {
    PastStage past = before.stages().get(stage);
    return running.containsKey(stage) || past == null || past.objection() == null
        ? Optional.empty()
        : reason(Cause.GONE, past.objection());
  }

  /** The set-ups before a stage that runs, which were torn down since. */
  private Map<String, Reason> tornDown(StageSpec stage) {
    Map<String, Reason> again = new LinkedHashMap<>();
    if (flow(stage).part() != null) {
      return again;
    }
    for (StageSpec teardown : graph.stages()) {
      if (flow(teardown).part() == FlowSpec.Part.TEARDOWN
          && hasRun(before.stages().get(teardown.name()))
          && ancestors(teardown.name()).contains(stage.name())) {
        for (String setUp : flow(teardown).of()) {
          if (!running.containsKey(setUp) && ancestors(stage.name()).contains(setUp)) {
            again.put(
                setUp,
                new Reason(
                    Cause.GONE,
                    "%s tore it down in run %d".formatted(teardown.name(), before.runId())));
          }
        }
      }
    }
    return again;
  }

  private Set<String> ancestors(String stage) {
    Set<String> known = ancestors.get(stage);
    if (known == null) {
      known = new HashSet<>();
      Deque<String> open = new ArrayDeque<>(List.of(stage));
      while (!open.isEmpty()) {
        for (String earlier : graph.stage(open.pop()).map(ResumePlanner::before).orElse(List.of())) {
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
