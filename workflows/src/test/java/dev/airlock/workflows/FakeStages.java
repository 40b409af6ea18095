package dev.airlock.workflows;

import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stages that do what the test says before they answer, and keep what they were asked. */
final class FakeStages
    implements DatasetActivities, TrainingActivities, RegistryActivities, UserTaskActivities {

  private final Map<String, Consumer<StageTask>> scripts = new LinkedHashMap<>();
  private final Map<String, String> answers = new LinkedHashMap<>();
  private final List<StageTask> tasks = new ArrayList<>();

  /** What happens at each attempt at the stage, before it answers. */
  synchronized void script(String stage, Consumer<StageTask> script) {
    scripts.put(stage, script);
  }

  /** Each attempt, in the order in which they began. */
  synchronized List<StageTask> tasks() {
    return List.copyOf(tasks);
  }

  synchronized List<StageTask> attemptsAt(String stage) {
    return tasks.stream().filter(task -> task.stage().name().equals(stage)).toList();
  }

  @Override
  public DatasetVersion ingest(StageTask task) {
    return act(task, dataset(task, "run-1"));
  }

  @Override
  public DatasetVersion validate(StageTask task) {
    return act(task, dataset(task, null));
  }

  @Override
  public DatasetVersion transform(StageTask task) {
    return act(task, dataset(task, null));
  }

  @Override
  public TrainedCandidate train(StageTask task) {
    return act(task, candidate(task));
  }

  @Override
  public Judgement evaluate(StageTask task) {
    TrainedCandidate chosen = (TrainedCandidate) task.inputs().values().iterator().next();
    return act(
        task,
        new Judgement(
            chosen,
            LocalDate.parse("1997-06-30"),
            LocalDate.parse("1997-09-30"),
            "e".repeat(64),
            new TreeMap<String, Double>(Map.of("auc", 0.776, "log_loss", 0.41))));
  }

  @Override
  public RegisteredVersion register(StageTask task) {
    return act(task, new RegisteredVersion(FakeTraffic.MODEL, 1, "a".repeat(64), "e".repeat(64)));
  }

  /** What the task gives, as JSON; its name, unless this is said. */
  synchronized void answer(String stage, String json) {
    answers.put(stage, json);
  }

  @Override
  public TaskResult call(StageTask task) {
    return act(task, new TaskResult(answerOf(task.stage().name())));
  }

  @Override
  public TaskResult callShort(StageTask task) {
    return act(task, new TaskResult(answerOf(task.stage().name())));
  }

  private synchronized String answerOf(String stage) {
    return answers.getOrDefault(stage, "\"" + stage + "\"");
  }

  private <T> T act(StageTask task, T answer) {
    Consumer<StageTask> script;
    synchronized (this) {
      tasks.add(task);
      script = scripts.getOrDefault(task.stage().name(), nothing -> {});
    }
    script.accept(task);
    return answer;
  }

  private static DatasetVersion dataset(StageTask task, @Nullable String branch) {
    return new DatasetVersion(
        "repeat-purchase." + task.stage().name(),
        7,
        6_919,
        branch,
        List.of(new ColumnSpec("customer_id", ColumnType.INTEGER)));
  }

  private static TrainedCandidate candidate(StageTask task) {
    return new TrainedCandidate(
        task.stage().name(),
        "a".repeat(64),
        Algorithm.LOGISTIC_REGRESSION,
        "repeat",
        List.of("log_recency"),
        List.of(LocalDate.parse("1997-04-30"), LocalDate.parse("1997-05-31")),
        9_000,
        dataset(task, null));
  }
}
