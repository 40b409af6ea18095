package dev.airlock.workflows;

import io.temporal.failure.ApplicationFailure;
import java.util.List;

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

  /** A later attempt of the same stage has begun; this one must not commit. */
  public static final String FENCED = "fenced";

  private StageFailure() {}

  /** A failure that no retry can mend. */
  public static ApplicationFailure of(String type, String message, List<String> details) {
    return ApplicationFailure.newNonRetryableFailure(message, type, List.copyOf(details));
  }

  /** A failure that no retry can mend. */
  public static ApplicationFailure of(String type, String message) {
    return of(type, message, List.of());
  }
}
