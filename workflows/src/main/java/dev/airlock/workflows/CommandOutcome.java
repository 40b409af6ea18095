package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What became of a command to a model. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CommandOutcome.Live.class, name = "live"),
  @JsonSubTypes.Type(value = CommandOutcome.Begun.class, name = "begun"),
  @JsonSubTypes.Type(value = CommandOutcome.Superseded.class, name = "superseded"),
  @JsonSubTypes.Type(value = CommandOutcome.TakenBack.class, name = "taken-back"),
  @JsonSubTypes.Type(value = CommandOutcome.Refused.class, name = "refused")
})
public sealed interface CommandOutcome {

  /** The version is live since the routing's epoch, and every gateway with a live lease knows. */
  record Live(StageOutput.LiveVersion version) implements CommandOutcome {}

  /**
   * The routing named the version since this epoch, but the next command moved traffic on before
   * every gateway with a live lease knew: some may never have answered by it.
   */
  record Superseded(StageOutput.LiveVersion version, long byCommand) implements CommandOutcome {

    /** What happened, as a sentence. */
    public String reason() {
      return "Command %d moved the traffic of %s on before every gateway had taken over version %d."
          .formatted(byCommand, version.model(), version.version());
    }
  }

  /** A rollout has begun; no traffic has moved yet. Never the last word on a command. */
  record Begun(RolloutPlan plan) implements CommandOutcome {}

  /** A rollout ended with all traffic back at what was live before, for this reason. */
  record TakenBack(long rolloutId, RolloutState state, String reason) implements CommandOutcome {}

  /** Traffic was not moved, for this reason. */
  record Refused(String reason) implements CommandOutcome {}
}
