package dev.airlock.web.ui;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.store.Approval;
import dev.airlock.store.Decision;
import dev.airlock.web.api.Beside;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Evidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the page of a question out of the approval and its evidence. */
final class ApprovalPicture {
  private static final int VOTES_WIDTH = 300;

  private final Approval approval;
  private final Evidence evidence;
  private final Beside beside;
  private final List<Decision> votes;
  private final List<Long> standing;
  private final Map<Long, String> fallen;
  private final String viewer;
  private final GateView gate;
  private final AskedBy asked;
  private final @Nullable Anew anew;
  private final Instant now;
  private final @Nullable Integer replaced;
  private final @Nullable CanarySpec canary;

  /**
   * Takes the rows.
   *
   * @param canary the steps by which it would take over, or null for all at once
   */
  ApprovalPicture(
      Approval approval,
      Evidence evidence,
      List<Decision> votes,
      Standing stands,
      @Nullable CanarySpec canary,
      Instant now) {
    this.standing = stands.standing();
    this.fallen = stands.fallen();
    this.viewer = stands.viewer();
    this.gate = stands.gate();
    this.asked = stands.asked();
    this.anew = stands.anew();
    this.canary = canary;
    this.approval = approval;
    this.evidence = evidence;
    this.votes = votes;
    this.now = now;
    this.replaced = stands.replaced();
    this.beside = stands.beside();
  }

  /**
   * How the votes stand.
   *
   * @param standing the ids of those for it that count
   * @param fallen why those that no longer count do not
   * @param viewer whoever looks
   * @param asked who or what asked
   * @param anew the way on where the champion has moved; null where there is none to take
   * @param replaced the version that it would replace: what is live, or was when it was decided;
   *     null for none
   */
  record Standing(
      List<Long> standing,
      Map<Long, String> fallen,
      String viewer,
      GateView gate,
      AskedBy asked,
      @Nullable Anew anew,
      @Nullable Integer replaced,
      Beside beside) {}

  ApprovalPage page(
      Chrome chrome,
      @Nullable CodeChange code,
      @Nullable String hindrance,
      String reason,
      @Nullable String problem,
      @Nullable String revoking) {
    int yes = (int) votes.stream().filter(vote -> standing.contains(vote.id())).count();
    return new ApprovalPage(
        chrome,
        approval.id(),
        question(),
        ApprovalPages.standing(approval),
        asked.who(),
        asked.way(),
        approval.runId(),
        approval.openedAt(),
        Words.ago(approval.openedAt(), now),
        consequence(),
        "v" + approval.version(),
        picture().view(),
        code,
        gate,
        anew,
        yes,
        approval.quorum(),
        Math.min(VOTES_WIDTH, VOTES_WIDTH * yes / approval.quorum()),
        until(),
        votes.stream().map(vote -> Votes.say(vote, fallen, isOpen() ? viewer : null, now)).toList(),
        approval.because(),
        hindrance,
        reason,
        problem,
        approval.digest(),
        digests(),
        revoking);
  }

  private EvidencePicture picture() {
    boolean isChampionLive =
        beside.current() && beside.live() != null && !beside.live().equals(approval.version());
    return isOpen()
        ? EvidencePicture.asked(evidence, approval.version(), beside)
        : new EvidencePicture(evidence, approval.version(), isChampionLive);
  }

  private String question() {
    return replaced == null
        ? "Should %s v%d go live?".formatted(approval.model(), approval.version())
        : "Should %s v%d replace v%d?".formatted(approval.model(), approval.version(), replaced);
  }

  private boolean isOpen() {
    return approval.state() == ApprovalStanding.State.OPEN;
  }

  private String consequence() {
    if (!isOpen()) {
      return "";
    }
    CanarySpec steps = canary;
    if (replaced != null && steps != null) {
      return "If approved, v%d takes over from v%d step by step: %s %% of customers, and goes back by itself where %s no longer holds."
          .formatted(
              approval.version(),
              replaced,
              steps.steps().stream()
                  .map(step -> Integer.toString(step.weight()))
                  .collect(Collectors.joining(", ")),
              steps.promoteWhile().stream()
                  .map(Figures::condition)
                  .collect(Collectors.joining(" or ")));
    }
    return replaced == null
        ? "If approved, all traffic goes to v%d at once. Nothing is live yet."
            .formatted(approval.version())
        : "If approved, all traffic goes to v%d at once; the way back to v%d is one click."
            .formatted(approval.version(), replaced);
  }

  private Timed until() {
    Instant closed = approval.closedAt();
    return closed == null
        ? Timed.until("expires ", approval.expiresAt(), now, "")
        : Timed.ago("closed ", closed, now, "");
  }

  private List<Fact> digests() {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "Version",
            "v%d, its history and model card".formatted(approval.version()),
            "/models/%s/versions/%d".formatted(approval.model(), approval.version())));
    facts.add(Fact.of("Model", Words.digest(approval.artifactDigest())));
    facts.add(Fact.of("Evidence", Words.digest(approval.digest())));
    if (isOpen()) {
      facts.add(Fact.of("If nobody decides", "rejected"));
    }
    facts.add(Fact.of("Asked of", approval.everyoneAsked()));
    if (approval.revokedBy() != null) {
      facts.add(Fact.of("Revoked by", approval.revokedBy() + ": " + approval.revokedBecause()));
    }
    return facts;
  }
}
