package dev.airlock.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
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

    JsonNode post = Json.read(Json.write(Messenger.Asked.of(approval)), JsonNode.class);

    assertEquals("ml-leads", post.path("askedOf").asText());
    assertEquals("carol", post.path("alsoAsked").path(0).asText());
    assertEquals("heads", post.path("escalatedTo").asText());
    assertEquals("d".repeat(64), post.path("digest").asText(), "what a decision names");
  }
}
