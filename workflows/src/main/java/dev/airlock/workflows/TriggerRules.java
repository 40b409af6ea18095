package dev.airlock.workflows;

import dev.airlock.dsl.graph.TriggerRule;

/** What a trigger rule makes of the ends of the stages before. As in Airflow, case by case. */
final class TriggerRules {

  private TriggerRules() {}

  /** What becomes of a stage that has not started. */
  static Verdict judge(TriggerRule rule, Ends ends) {
    if (ends.all() == 0) {
      return Verdict.START;
    }
    return switch (rule) {
      case ALL_SUCCESS -> allSuccess(ends);
      case ALL_FAILED -> allFailed(ends);
      case ALL_DONE -> startIf(ends.areAllKnown());
      case ALL_SKIPPED -> allSkipped(ends);
      case ONE_SUCCESS -> oneSuccess(ends);
      case ONE_FAILED -> oneOf(ends.lost(), ends);
      case ONE_DONE -> oneOf(ends.succeeded() + ends.failed(), ends);
      case NONE_FAILED -> noneFailed(ends);
      case NONE_FAILED_MIN_ONE_SUCCESS -> noneFailedMinOneSuccess(ends);
      case NONE_SKIPPED -> ends.skipped() > 0 ? Verdict.SKIP : startIf(ends.areAllKnown());
      case ALWAYS -> Verdict.START;
    };
  }

  private static Verdict allSuccess(Ends ends) {
    if (ends.lost() > 0) {
      return Verdict.FAIL;
    }
    return ends.skipped() > 0 ? Verdict.SKIP : startIf(ends.areAllKnown());
  }

  private static Verdict allFailed(Ends ends) {
    return ends.succeeded() + ends.skipped() > 0 ? Verdict.SKIP : startIf(ends.areAllKnown());
  }

  private static Verdict allSkipped(Ends ends) {
    return ends.succeeded() + ends.lost() > 0 ? Verdict.SKIP : startIf(ends.areAllKnown());
  }

  private static Verdict oneSuccess(Ends ends) {
    if (ends.succeeded() > 0) {
      return Verdict.START;
    }
    if (!ends.areAllKnown()) {
      return Verdict.WAIT;
    }
    return ends.skipped() == ends.all() ? Verdict.SKIP : Verdict.FAIL;
  }

  private static Verdict oneOf(int such, Ends ends) {
    if (such > 0) {
      return Verdict.START;
    }
    return ends.areAllKnown() ? Verdict.SKIP : Verdict.WAIT;
  }

  private static Verdict noneFailed(Ends ends) {
    return ends.lost() > 0 ? Verdict.FAIL : startIf(ends.areAllKnown());
  }

  private static Verdict noneFailedMinOneSuccess(Ends ends) {
    return ends.skipped() == ends.all() ? Verdict.SKIP : noneFailed(ends);
  }

  private static Verdict startIf(boolean known) {
    return known ? Verdict.START : Verdict.WAIT;
  }

  /** What becomes of a stage. */
  enum Verdict {
    /** More must end before anything can be said. */
    WAIT,
    START,
    SKIP,
    /** It counts as failed for what was before it. */
    FAIL
  }

  /**
   * How many of the stages before a stage have ended in each way.
   *
   * @param all how many there are
   * @param succeeded or taken from an earlier run
   * @param failed by themselves, or were cancelled
   * @param upstreamFailed for what was before them
   */
  record Ends(int all, int succeeded, int failed, int upstreamFailed, int skipped) {

    int lost() {
      return failed + upstreamFailed;
    }

    boolean areAllKnown() {
      return succeeded + lost() + skipped == all;
    }
  }
}
