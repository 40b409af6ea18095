package dev.airlock.workflows;

import io.temporal.failure.ApplicationFailure;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The failures that a stage's activity throws on purpose. Their types are constants, which retries
 * and pages go by.
 */
public final class StageFailure {

  /** The data breaks its format or an expectation. Trying again does not help. */
  public static final String BAD_DATA = "bad-data";

  /** The pipeline asks for something that can't be done. Trying again does not help. */
  public static final String BAD_PIPELINE = "bad-pipeline";

  /** The candidate does not keep its bounds. Trying again does not help. */
  public static final String REQUIREMENT_NOT_MET = "requirement-not-met";

  /** People said no, or nobody said yes in time. */
  public static final String REJECTED = "rejected";

  /** The gate is shut: no unrevoked approval for this very artifact. */
  public static final String NOT_APPROVED = "not-approved";

  /** A rollout took all traffic back to what was live before, or another command moved it on. */
  public static final String ROLLED_BACK = "rolled-back";

  /** The run of another pipeline, which the stage waited for, failed or was cancelled. */
  public static final String SUB_PIPELINE_FAILED = "sub-pipeline-failed";

  /** More items of a map failed than may. */
  public static final String TOO_MANY_FAILED = "too-many-failed";

  /** What a task gave is too large to be a result. Trying again does not help. */
  public static final String RESULT_TOO_LARGE = "result-too-large";

  /** A later attempt of the same stage has begun; this one must not commit. */
  public static final String FENCED = "fenced";

  /** A program ended with another exit code than 0, or by a signal. */
  public static final String PROGRAM_FAILED = "program-failed";

  /** A server could not be reached, or gave an answer that was not expected. */
  public static final String REQUEST_FAILED = "request-failed";

  /** A database refused a statement. */
  public static final String STATEMENT_FAILED = "statement-failed";

  /** An attempt, or all of them, took longer than allowed, or its worker fell silent. */
  public static final String TIMED_OUT = "timed-out";

  /** A sensor has looked, and nothing has arrived. */
  public static final String NOT_YET = "not-yet";

  /** Nothing arrived in time, and the stage is skipped for that. */
  public static final String SKIPPED = "skipped";

  /**
   * PostgreSQL or the artifact store can't be reached. It counts as no attempt: the run waits, and
   * carries the stage out again, for as long as it takes.
   */
  public static final String UNAVAILABLE = "unavailable";

  /** The types that no retry can mend. */
  static final List<String> NOT_WORTH_ANOTHER_TRY =
      List.of(
          BAD_DATA,
          BAD_PIPELINE,
          REQUIREMENT_NOT_MET,
          REJECTED,
          NOT_APPROVED,
          ROLLED_BACK,
          SUB_PIPELINE_FAILED,
          TOO_MANY_FAILED,
          RESULT_TOO_LARGE,
          FENCED);

  /** The types that end an activity at once; an outage, so that the run can wait it out. */
  static final String[] ENDS_AN_ACTIVITY =
      Stream.concat(NOT_WORTH_ANOTHER_TRY.stream(), Stream.of(UNAVAILABLE)).toArray(String[]::new);

  private StageFailure() {}

  /** A failure that no retry can mend. */
  public static ApplicationFailure of(String type, String message, List<String> details) {
    return ApplicationFailure.newNonRetryableFailure(
        StorableText.of(message), type, details.stream().map(StorableText::of).toList());
  }

  /** A failure that no retry can mend. */
  public static ApplicationFailure of(String type, String message) {
    return of(type, message, List.of());
  }

  /**
   * The lines that a failure was given as its details, whether it has travelled or not; empty where
   * they are none.
   */
  public static List<String> details(ApplicationFailure failure) {
    if (failure.getDetails() == null || failure.getDetails().getSize() == 0) {
      return List.of();
    }
    return failure.getDetails().get(0, Object.class) instanceof Collection<?> lines
        ? lines.stream().map(String::valueOf).toList()
        : List.of();
  }
}
