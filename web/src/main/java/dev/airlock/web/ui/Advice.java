package dev.airlock.web.ui;

import dev.airlock.workflows.StageFailure;

/** What to do about a failure, by its kind. */
final class Advice {
  private Advice() {}

  /** A sentence or three. */
  static String on(String type) {
    return switch (type) {
      case StageFailure.BAD_DATA ->
          "Trying again does not help: the data is at fault. Mend it at its source, or change what the pipeline expects of it; then resume from this stage.";
      case StageFailure.BAD_PIPELINE ->
          "Trying again does not help: the pipeline asks for something that can't be done. Change its code, publish it, and resume with the latest code.";
      case StageFailure.REQUIREMENT_NOT_MET ->
          "Nothing reached customers. Hold the figures beside those of earlier runs under Experiments; try other params, features or data, or change the bound if it is wrong.";
      case StageFailure.REJECTED ->
          "Nothing reached customers. Whoever decided said why on the approval's page; where time ran out, start again when people are there.";
      case StageFailure.NOT_APPROVED ->
          "The gate is shut: there is no approval in force for this very model. Ask for one by a new run; an approval that was revoked does not come back.";
      case StageFailure.ROLLED_BACK ->
          "Customers have what they had before. The rollout's page says which bound was broken, or who took it back; mend the model and start again.";
      case StageFailure.SUB_PIPELINE_FAILED ->
          "The run that it waited for says why. Mend that one and resume it; then resume this run from this stage.";
      case StageFailure.TOO_MANY_FAILED ->
          "Look at the items that failed: each says why. Resuming carries out those alone that are missing.";
      case StageFailure.RESULT_TOO_LARGE ->
          "Trying again does not help. Let the task write what is large to a dataset or a file, and return its name.";
      case StageFailure.FENCED ->
          "A later attempt has taken over, so that this one could not do harm. Resume where the run stands still.";
      case StageFailure.PROGRAM_FAILED ->
          "The last lines of its log say what the program complained of. Mend the program or its arguments, and resume from this stage.";
      case StageFailure.REQUEST_FAILED ->
          "See whether the server answers, and with what. Once it does, resume from this stage.";
      case StageFailure.STATEMENT_FAILED ->
          "Nothing of the statement took hold: it ran in a transaction of its own. Mend it, or what it touches, and resume from this stage.";
      case StageFailure.TIMED_OUT ->
          "Its log says how far it came. Give it more time or less to do, or see whether its worker still lives; then resume from this stage.";
      case StageFailure.UNAVAILABLE ->
          "PostgreSQL or the artifact store could not be reached. Once both answer (see the ready page), resume from this stage.";
      case StageFailure.NOT_YET ->
          "What it waited for has not come. Once it has, resume from this stage; or let it wait longer.";
      default ->
          "Read the log of its last attempt. Where the code is at fault, mend and publish it, and resume with the latest code; where something outside was, resume as it is.";
    };
  }
}
