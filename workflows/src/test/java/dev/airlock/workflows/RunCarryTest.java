package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class RunCarryTest {

  private static final Instant AT = Instant.parse("1998-01-05T04:30:00Z");

  /** Left at any moment and taken up elsewhere, a run decides as if nothing had happened. */
  @Property(tries = 300)
  void shouldDecideAlikeWhereverItGoesOn(@ForAll long seed) {
    Random random = new Random(seed);
    Graph graph = graph(random);
    RunProgress whole = new RunProgress(graph, AT);
    RunProgress moving = new RunProgress(graph, AT);
    List<StageSpec> running = new ArrayList<>();
    while (!whole.isOver()) {
      assertEquals(whole.ready(), moving.ready());
      for (StageSpec stage : whole.ready()) {
        whole.running(stage, AT);
        moving.running(stage, AT);
        running.add(stage);
      }
      StageSpec next = running.remove(random.nextInt(running.size()));
      end(whole, next, random.nextLong());
      endLike(whole, moving, next);
      moving.takeUnwritten();
      whole.takeUnwritten();
      if (random.nextBoolean()) {
        moving = new RunProgress(graph, Json.read(Json.write(moving.carried()), RunCarry.class));
      }
      assertEquals(whole.state(), moving.state());
    }
    assertEquals(whole.outcome(), moving.outcome());
    assertEquals(whole.error(), moving.error());
    assertEquals(whole.carried(), moving.carried());
  }

  private static void end(RunProgress progress, StageSpec stage, long luck) {
    if (luck % 5 == 0) {
      progress.failed(stage, new StageError("broken", stage.name() + " broke.", List.of()), AT);
    } else {
      progress.succeeded(stage, new StageOutput.TaskResult("\"" + stage.name() + "\""), AT);
    }
  }

  private static void endLike(RunProgress other, RunProgress progress, StageSpec stage) {
    StageError error = other.errorOf(stage.name());
    if (error == null) {
      end(progress, stage, 1);
    } else {
      progress.failed(stage, error, AT);
    }
  }

  private static Graph graph(Random random) {
    List<StageSpec> stages = new ArrayList<>();
    int size = 1 + random.nextInt(20);
    for (int n = 0; n < size; n++) {
      List<String> inputs = new ArrayList<>();
      for (StageSpec before : stages) {
        if (random.nextInt(6) == 0) {
          inputs.add(before.name());
        }
      }
      stages.add(Stages.task("s" + n, inputs.toArray(String[]::new)));
    }
    return Stages.graph(stages.toArray(StageSpec[]::new));
  }
}
