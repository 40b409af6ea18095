package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What became of one decision. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DecisionOutcome.Counted.class, name = "counted"),
  @JsonSubTypes.Type(value = DecisionOutcome.Refused.class, name = "refused")
})
public sealed interface DecisionOutcome {

  /** It counts; the approval now stands so. */
  record Counted(ApprovalStanding standing) implements DecisionOutcome {}

  /** It does not count, for this reason. */
  record Refused(String reason) implements DecisionOutcome {}
}
