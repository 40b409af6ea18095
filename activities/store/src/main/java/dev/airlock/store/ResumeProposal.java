package dev.airlock.store;

import dev.airlock.workflows.ResumePlan;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What would come of a wish to resume a run. Nothing has been started.
 *
 * @param run the run that would be resumed
 * @param version of the pipeline, which the new run would run
 * @param params all that it would have
 * @param notes what there is to know beside the stages, one sentence each
 */
public record ResumeProposal(
    long run,
    String pipeline,
    ResumeWish.Code code,
    int version,
    String codeDigest,
    Instant logicalDate,
    SortedMap<String, String> params,
    List<String> notes,
    ResumePlan plan) {
  public ResumeProposal {
    notes = List.copyOf(notes);
  }
}
