package dev.airlock.web.ui;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question, with everything that helps to answer it.
 *
 * @param way by which way the code came, where nobody is known to have sent it; may be empty
 * @param anew the way on where the champion has moved; null where there is none to take
 * @param code what of code and params is other than what is live came of; null where that is not
 *     known
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
    String way,
    long run,
    Instant askedAt,
    String askedAgo,
    String consequence,
    String candidate,
    EvidenceView evidence,
    @Nullable CodeChange code,
    GateView gate,
    @Nullable Anew anew,
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
