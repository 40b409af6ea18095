package dev.airlock.testing;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Votes in turn, until nobody asks any more. */
final class VotersImpl implements Audience.Voters {

  private final Audience.Hands hands =
      Workflow.newActivityStub(
          Audience.Hands.class,
          ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());

  @Override
  public void vote(long approvalId, int votes, Duration each) {
    for (int vote = 0; vote < votes; vote++) {
      Workflow.sleep(each);
      if (!hands.castVote(approvalId, vote)) {
        return;
      }
    }
  }
}
