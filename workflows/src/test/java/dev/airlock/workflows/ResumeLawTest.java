package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.ResumePlan.Action;
import dev.airlock.workflows.ResumePlan.Planned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Laws of every plan, whatever the graph and however the run before has ended. */
final class ResumeLawTest {

  private static final StageOutput RESULT = new StageOutput.TaskResult("1");

  /** A graph, how a run of it ended, and what is chosen. */
  private record Case(Graph graph, Map<String, PastStage> past, Set<String> from) {

    static Case of(int size, long seed) {
      Random random = new Random(seed);
      List<StageSpec> stages = new ArrayList<>();
      Map<String, PastStage> past = new HashMap<>();
      Set<String> from = new HashSet<>();
      for (int i = 0; i < size; i++) {
        String name = "s" + i;
        Set<String> inputs = new HashSet<>();
        for (int edges = random.nextInt(3); i > 0 && edges > 0; edges--) {
          inputs.add("s" + random.nextInt(i));
        }
        List<String> after =
            i > 0 && random.nextInt(4) == 0 ? List.of("s" + random.nextInt(i)) : List.of();
        StageSpec task = Stages.task(name, inputs.toArray(String[]::new));
        stages.add(
            new StageSpec(
                name,
                task.work(),
                task.inputs(),
                task.params(),
                task.retry(),
                task.timeout(),
                new FlowSpec(after, null, null, null),
                null,
                null));
        StageState state = random.nextInt(6) == 0 ? StageState.FAILED : StageState.SUCCEEDED;
        past.put(
            name,
            new PastStage(
                state,
                state == StageState.SUCCEEDED ? RESULT : null,
                41,
                random.nextInt(5) == 0 ? "gone" : null));
        if (random.nextInt(10) == 0) {
          from.add(name);
        }
      }
      return new Case(Stages.graph(stages.toArray(StageSpec[]::new)), past, from);
    }

    ResumePlan plan() {
      return ResumePlanner.plan(
          new ResumePlanner.Before(41, graph, new TreeMap<>(), past),
          graph,
          2,
          new TreeMap<>(),
          from);
    }
  }

  @Property(tries = 400)
  void whateverFollowsAStageThatRunsRuns(
      @ForAll @IntRange(min = 1, max = 25) int size, @ForAll long seed) {
    Case one = Case.of(size, seed);
    ResumePlan plan = one.plan();
    Set<String> running = new HashSet<>(plan.running());
    for (StageSpec stage : one.graph().stages()) {
      if (ResumePlanner.before(stage).stream().anyMatch(running::contains)) {
        assertTrue(running.contains(stage.name()), stage.name() + " of " + plan);
      }
    }
  }

  @Property(tries = 400)
  void noStageThatRunsTakesAResultThatIsGone(
      @ForAll @IntRange(min = 1, max = 25) int size, @ForAll long seed) {
    Case one = Case.of(size, seed);
    ResumePlan plan = one.plan();
    for (StageSpec stage : one.graph().stages()) {
      if (plan.running().contains(stage.name())) {
        for (String input : stage.inputs()) {
          PastStage past = Objects.requireNonNull(one.past().get(input));
          assertFalse(
              past.objection() != null && !plan.running().contains(input), input + " of " + plan);
        }
      }
    }
  }

  @Property(tries = 400)
  void nothingRunsWithoutAReasonOfItsOwn(
      @ForAll @IntRange(min = 1, max = 25) int size, @ForAll long seed) {
    Case one = Case.of(size, seed);
    ResumePlan plan = one.plan();
    assertEquals(one.graph().stages().size(), plan.stages().size());
    for (Planned planned : plan.stages()) {
      PastStage past = Objects.requireNonNull(one.past().get(planned.stage()));
      switch (planned.cause()) {
        case CHOSEN -> assertTrue(one.from().contains(planned.stage()));
        case UNFINISHED -> assertEquals(StageState.FAILED, past.state());
        case GONE -> assertEquals("gone", past.objection());
        case UPSTREAM -> assertEquals(Action.RUN, planned.action());
        default -> assertEquals(Action.REUSE, planned.action());
      }
    }
  }
}
