package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the graph, and whatever fails: a run comes to its end. */
final class RunProgressPropertyTest {

  private static final Instant NOW = Instant.parse("1998-01-05T04:30:00Z");
  private static final StageError ERROR = new StageError("bad-data", "No.", List.of());

  @Property(tries = 2_000)
  void shouldEndEveryStage(
      @ForAll @IntRange(min = 1, max = 14) int stages, @ForAll long seed, @ForAll boolean cancels) {
    Random random = new Random(seed);
    List<StageSpec> graph = graph(stages, random);
    RunProgress progress = new RunProgress(Stages.graph(graph.toArray(StageSpec[]::new)), NOW);
    int cancelAt = cancels ? random.nextInt(stages) : Integer.MAX_VALUE;

    int ended = carryOut(progress, random, cancelAt);
    progress.toUndo(NOW).forEach(stage -> end(progress, stage, random));
    progress.toTell(NOW).forEach(stage -> end(progress, stage, random));

    assertTrue(ended <= stages);
    Map<String, StageState> last = new HashMap<>();
    progress.takeUnwritten().forEach(change -> tell(last, change));
    assertTrue(last.values().stream().allMatch(StageState::isFinal), last::toString);
  }

  /** Nothing that has ended changes again. */
  private static void tell(Map<String, StageState> last, StageChange change) {
    StageState before = last.put(change.stage(), change.state());
    assertFalse(before != null && before.isFinal(), change::toString);
  }

  private static int carryOut(RunProgress progress, Random random, int cancelAt) {
    int ended = 0;
    List<StageSpec> underWay = new ArrayList<>();
    while (!progress.isOver()) {
      for (StageSpec stage : progress.ready()) {
        progress.running(stage, NOW);
        underWay.add(stage);
      }
      assertFalse(underWay.isEmpty(), "The run stands still.");
      end(progress, underWay.remove(random.nextInt(underWay.size())), random);
      if (++ended == cancelAt) {
        progress.cancelRest(NOW);
        underWay.clear();
      }
    }
    return ended;
  }

  private static void end(RunProgress progress, StageSpec stage, Random random) {
    if (random.nextInt(3) == 0) {
      progress.failed(stage, ERROR, NOW);
    } else {
      String answer = random.nextBoolean() ? "true" : "false";
      progress.succeeded(stage, new StageOutput.TaskResult(answer), NOW);
    }
  }

  private static List<StageSpec> graph(int stages, Random random) {
    List<StageSpec> graph = new ArrayList<>();
    List<String> earlier = new ArrayList<>();
    for (int i = 0; i < stages; i++) {
      FlowSpec flow = flow(earlier, random);
      graph.add(Stages.with(Stages.task("s" + i), flow));
      if (flow.part() != Part.COMPENSATION) {
        earlier.add("s" + i); // nothing in a pipeline can come after what undoes a stage
      }
    }
    return graph;
  }

  private static FlowSpec flow(List<String> earlier, Random random) {
    List<String> after = earlier.stream().filter(one -> random.nextInt(4) == 0).toList();
    TriggerRule[] rules = TriggerRule.values();
    TriggerRule rule = random.nextBoolean() ? null : rules[random.nextInt(rules.length)];
    String other = earlier.isEmpty() ? null : earlier.get(random.nextInt(earlier.size()));
    Guard guard = other == null || random.nextInt(4) > 0 ? null : new Guard(other, List.of("true"));
    Part[] parts = Part.values();
    Part part = other == null || random.nextInt(5) > 0 ? null : parts[random.nextInt(parts.length)];
    List<String> of = part == null || other == null ? List.of() : List.of(other);
    FlowSpec.Choice choice =
        random.nextInt(4) > 0 ? null : new FlowSpec.Choice(List.of(), random.nextBoolean());
    return part == Part.COMPENSATION
        ? new FlowSpec(List.of(), null, null, null, part, of, null, true)
        : new FlowSpec(after, rule, guard, null, part, of, choice, random.nextInt(3) == 0);
  }
}
