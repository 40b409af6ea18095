package dev.airlock.testing;

import io.temporal.activity.ActivityInterface;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * The people around a run, as workflows of their own: so they live by the same skipping clock, and
 * take as long as they are said to.
 */
final class Audience {

  /** Where they live. */
  static final String TASK_QUEUE = "audience";

  private Audience() {}

  /** Whoever answers one question, one vote after the other. */
  @WorkflowInterface
  public interface Voters {
    @WorkflowMethod
    void vote(long approvalId, int votes, Duration each);
  }

  /** Whoever loses patience with the run. */
  @WorkflowInterface
  public interface Canceller {
    @WorkflowMethod
    void cancelAfter(Duration time);
  }

  /** What they do to the run. */
  @ActivityInterface
  public interface Hands {

    /**
     * Casts the vote of this number.
     *
     * @return false where nobody is asking any more
     */
    boolean castVote(long approvalId, int vote);

    /** Cancels the run if it still runs. */
    void cancelRun();
  }
}
