package dev.airlock.store;

import dev.airlock.dsl.graph.Nearest;
import java.util.List;
import java.util.Optional;

/**
 * Whose a pipeline is, as its code names it.
 *
 * @param isKnown whether that is or was a person or a team here
 * @param isPerson whether it is a person, and no team
 * @param isPresent whether somebody acts as that owner by now
 * @param others people and teams that are known here
 */
public record PipelineOwner(
    String pipeline,
    String owner,
    boolean isKnown,
    boolean isPerson,
    boolean isPresent,
    List<String> others) {

  /** What whoever publishes or looks at the pipeline should know; empty where all is well. */
  Optional<String> note() {
    if (!isKnown) {
      return Optional.of(
          "No person and no team here is called %s: any engineer may start, change and publish %s.%s"
              .formatted(owner, pipeline, meant()));
    }
    return isPresent
        ? Optional.empty()
        : Optional.of(
            "Nobody acts for %s any more: %s is closed to everybody but admins. An admin %s, or publishes the pipeline with another owner."
                .formatted(
                    owner,
                    pipeline,
                    isPerson ? "enables " + owner : "brings somebody into the team"));
  }

  /** Why it may not be given to this owner by somebody who is no admin. */
  String refusal(String before) {
    return "%s belongs to %s, and no person and no team here is called %s: any engineer could start and publish it then.%s Name an owner who is known here, or have an admin publish it"
        .formatted(pipeline, before, owner, meant());
  }

  private String meant() {
    return Nearest.to(owner, others).map(" Did you mean '%s'?"::formatted).orElse("");
  }
}
