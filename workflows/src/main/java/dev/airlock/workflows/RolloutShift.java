package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What became of a wish to shift the traffic of a rollout. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RolloutShift.Shifted.class, name = "shifted"),
  @JsonSubTypes.Type(value = RolloutShift.Asked.class, name = "asked"),
  @JsonSubTypes.Type(value = RolloutShift.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = RolloutShift.Over.class, name = "over")
})
public sealed interface RolloutShift {

  /** The split is in force since this epoch of the routing. */
  record Shifted(long epoch) implements RolloutShift {}

  /** Traffic was not raised: people have asked for something that comes first. */
  record Asked() implements RolloutShift {}

  /** The gate is shut to more traffic, for this reason: there is only the way back. */
  record Refused(String reason) implements RolloutShift {}

  /** The rollout has ended otherwise, say by a rollback; traffic is where that has put it. */
  record Over(RolloutState state, long epoch, String reason) implements RolloutShift {}
}
