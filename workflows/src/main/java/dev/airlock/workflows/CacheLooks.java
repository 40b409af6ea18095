package dev.airlock.workflows;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for earlier results of stages that may be cached, each stage's once. Where a look fails,
 * the stage runs: a cache is never a reason not to.
 */
final class CacheLooks {

  private static final ActivityOptions SOURCE =
      Outage.PATIENT.toBuilder()
          .setTaskQueue(TaskQueues.SPARK)
          .setStartToCloseTimeout(Duration.ofMinutes(10))
          .setHeartbeatTimeout(StageActivities.LONGEST_SILENCE)
          .build();

  private final Set<String> asked = new HashSet<>();
  private final Set<String> missed = new HashSet<>();
  private final Queue<Answered> answers = new ArrayDeque<>();

  private record Answered(StageSpec stage, @Nullable CacheAnswer answer) {}

  /** Whether the stage is to be started only once it is known that no earlier result will do. */
  boolean holds(StageSpec stage) {
    return stage.cache() != null && !missed.contains(stage.name());
  }

  /** Begins to look, unless that has begun before. */
  void ask(StageTask task) {
    StageSpec stage = task.stage();
    if (asked.add(stage.name())) {
      CacheActivities cache =
          Workflow.newActivityStub(
              CacheActivities.class, stage.work() instanceof Work.Ingest ? SOURCE : Outage.PATIENT);
      Async.function(cache::recall, new CacheQuestion(task))
          .handle((answer, failure) -> answers.add(new Answered(stage, answer)));
    }
  }

  boolean hasAnswers() {
    return !answers.isEmpty();
  }

  /**
   * Takes the answers.
   *
   * @param hit told of each stage for which there is a result
   */
  void settle(BiConsumer<StageSpec, StageOutput> hit) {
    for (Answered next = answers.poll(); next != null; next = answers.poll()) {
      CacheAnswer answer = next.answer();
      if (answer == null || answer.output() == null) {
        missed.add(next.stage().name());
      } else {
        hit.accept(next.stage(), answer.output());
      }
    }
  }
}
