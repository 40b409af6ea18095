package dev.airlock.workflows;

import io.temporal.activity.ActivityInterface;

/** Stages that make and judge candidates. On {@link TaskQueues#SPARK}. */
@ActivityInterface
public interface TrainingActivities {

  /** Trains one candidate. Idempotent: the artifact is named by its digest. */
  StageOutput.TrainedCandidate train(StageTask task);

  /** Chooses and judges. Idempotent: the evidence is named by its digest. */
  StageOutput.Judgement evaluate(StageTask task);
}
