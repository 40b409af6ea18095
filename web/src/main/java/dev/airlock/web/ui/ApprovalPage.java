package dev.airlock.web.ui;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question, with everything that helps to answer it.
 *
 * @param hindrance why the viewer can't decide, or null where they can
 * @param revoking what follows where the viewer revokes it, or null where they can't
 * @param problem why the last try to decide failed, or null
 */
public record ApprovalPage(
    Chrome chrome,
    long id,
    String question,
    String state,
    String askedBy,
    long run,
    Instant askedAt,
    String askedAgo,
    String consequence,
    String candidate,
    EvidenceView evidence,
    GateView gate,
    int votes,
    int quorum,
    int votesWidth,
    Timed until,
    List<Votes.Vote> decisions,
    String because,
    @Nullable String hindrance,
    String reason,
    @Nullable String problem,
    String digest,
    List<RunPage.Fact> digests,
    @Nullable String revoking) {}
