package dev.airlock.messages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Approval;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ApprovalPostTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  @Test
  void shouldSayWhoElseIsAskedAndToWhomItWasEscalated() {
    Approval approval =
        new Approval(
            12,
            40,
            "approval",
            "churn",
            3,
            "a".repeat(64),
            "e".repeat(64),
            "ml-leads",
            List.of("carol"),
            "heads",
            NOON,
            2,
            "engineer",
            State.OPEN,
            "",
            NOON,
            NOON.plusSeconds(3_600),
            null,
            null,
            null,
            null,
            "d".repeat(64));

    String post = Json.write(Messenger.Asked.of(approval));

    for (String said :
        List.of(
            "\"askedOf\":\"ml-leads\"",
            "\"alsoAsked\":[\"carol\"]",
            "\"escalatedTo\":\"heads\"",
            "\"digest\":\"" + "d".repeat(64) + "\"")) {
      assertTrue(post.contains(said), post);
    }
  }
}
