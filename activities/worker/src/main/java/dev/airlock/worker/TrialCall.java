package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Work;
import dev.airlock.spark.SparkTrials;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Code of a team's own, called once for a trial: a task, a look of a sensor, items of a map. */
final class TrialCall {

  /** Items that a trial of a map calls at most. */
  private static final int ITEMS = 3;

  private final OwnTasks tasks;
  private final Documents documents;

  TrialCall(OwnTasks tasks, Documents documents) {
    this.tasks = tasks;
    this.documents = documents;
  }

  /**
   * Calls it.
   *
   * @param task with all its inputs
   * @param sample the most items of a map
   */
  SparkTrials.Answer answer(StageTask task, int sample) {
    Work work = task.stage().work();
    if (work instanceof Work.Map map) {
      return items(task, map, Math.min(sample, ITEMS));
    }
    if (work instanceof Work.Sensor sensor) {
      return look(task, sensor);
    }
    Work.Task own = (Work.Task) work;
    return new SparkTrials.Answer(TaskCall.json(tasks.answer(task, own), own), List.of());
  }

  private SparkTrials.Answer look(StageTask task, Work.Sensor sensor) {
    Work.Task own = OwnSensors.asTask(sensor);
    Optional<Object> found = OwnSensors.found(tasks.answer(task, own));
    return found.isPresent()
        ? new SparkTrials.Answer(TaskCall.json(found.get(), own), List.of("It has arrived."))
        : new SparkTrials.Answer(
            "null", List.of("Nothing has arrived. A run would go on looking; a trial looks once."));
  }

  private SparkTrials.Answer items(StageTask task, Work.Map map, int most) {
    String given = task.stage().inputs().get(0);
    List<StageOutput> others = new ArrayList<>(task.inputs().values());
    ItemList list = list(given, others.remove(0), map);
    List<@Nullable JsonNode> answers = new ArrayList<>();
    for (int i = 0; i < Math.min(most, list.size()); i++) {
      Object answer = tasks.answer(task, map.task(), list.at(i), others);
      answers.add(Json.read(TaskCall.json(answer, map.task()), JsonNode.class));
    }
    String note =
        list.size() == 0
            ? "%s gave an empty list.".formatted(given)
            : "Called for the first %,d of the %,d items that %s gave."
                .formatted(answers.size(), list.size(), given);
    return new SparkTrials.Answer(Json.write(answers), List.of(note));
  }

  private ItemList list(String given, StageOutput output, Work.Map map) {
    JsonNode list = Json.read(documents.json(output), JsonNode.class);
    if (!ItemList.isOne(list, map.nested())) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The stage '%s' gave %s, and a map goes over a list%s."
              .formatted(given, ItemList.describe(list), map.nested() ? " of lists" : ""));
    }
    return new ItemList(list, map.nested());
  }
}
