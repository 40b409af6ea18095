package dev.airlock.spark;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TrainingActivities;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.spark.sql.SparkSession;

/** Stages that make and judge candidates, on Spark MLlib. */
public final class SparkTrainingActivities implements TrainingActivities {

  private final SparkSessions sessions;
  private final Artifacts artifacts;
  private final Graphs graphs;
  private final Champions champions;
  private final IntSupplier attemptNumber;

  /**
   * The activities of one worker.
   *
   * @param attemptNumber the number, from 1, that Temporal gives the attempt that the calling
   *     thread carries out
   */
  public SparkTrainingActivities(
      SparkSessions sessions,
      Artifacts artifacts,
      Graphs graphs,
      Champions champions,
      IntSupplier attemptNumber) {
    this.sessions = sessions;
    this.artifacts = artifacts;
    this.graphs = graphs;
    this.champions = champions;
    this.attemptNumber = attemptNumber;
  }

  @Override
  public TrainedCandidate train(StageTask task) {
    Attempt attempt = new Attempt(task, task.earlierAttempts() + attemptNumber.getAsInt());
    Work.Train work = attempt.work(Work.Train.class);
    return JobGroup.run(
        sessions,
        attempt.group(),
        session -> new CandidateTraining(artifacts).run(session, task, attempt.onlyInput(), work));
  }

  @Override
  public Judgement evaluate(StageTask task) {
    Attempt attempt = new Attempt(task, task.earlierAttempts() + attemptNumber.getAsInt());
    Work.Evaluate work = attempt.work(Work.Evaluate.class);
    return JobGroup.run(sessions, attempt.group(), session -> evaluate(session, attempt, work));
  }

  private Judgement evaluate(SparkSession session, Attempt attempt, Work.Evaluate work) {
    StageTask task = attempt.task();
    String model = modelName(graphs.of(task.pipeline(), task.version()), attempt.stage());
    List<TrainedCandidate> candidates =
        List.copyOf(attempt.inputs(TrainedCandidate.class).values());
    return new Judging(session, artifacts, task, work, candidates)
        .run(model, champions.live(model).orElse(null));
  }

  /** The model that the judged candidate becomes a version of; the pipeline's name where none. */
  private static String modelName(Graph graph, String evaluation) {
    return graph.stages().stream()
        .filter(stage -> stage.inputs().contains(evaluation))
        .filter(stage -> stage.work() instanceof Work.Register)
        .map(stage -> ((Work.Register) stage.work()).model())
        .findFirst()
        .orElse(graph.name());
  }
}
