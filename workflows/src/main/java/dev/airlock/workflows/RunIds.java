package dev.airlock.workflows;

/** The names under which Temporal knows runs and models. */
public final class RunIds {

  private RunIds() {}

  /** {@code run-41}. */
  public static String workflowId(long runId) {
    return "run-" + runId;
  }

  /** Whether Temporal knows a run under this id, and not something that belongs to one. */
  public static boolean isRun(String workflowId) {
    return workflowId.matches("run-[0-9]+");
  }

  /** {@code run-41/forecast}. */
  public static String mapWorkflowId(long runId, String stage) {
    return workflowId(runId) + "/" + stage;
  }

  /** {@code model-repeat-purchase}. */
  public static String modelWorkflowId(String model) {
    return "model-" + model;
  }

  /** {@code rollout-7}. */
  public static String rolloutWorkflowId(long rolloutId) {
    return "rollout-" + rolloutId;
  }

  /** {@code check-12}. */
  public static String checkWorkflowId(long checkId) {
    return "check-" + checkId;
  }

  /** {@code trial-7}. */
  public static String trialWorkflowId(long trialId) {
    return "trial-" + trialId;
  }
}
