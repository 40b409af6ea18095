package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The gate, and the approver who stands at it in the demo. */
final class DemoGate {

  private static final Duration QUESTION = Duration.ofSeconds(30);

  /** What the approver's guards look at; of both, less is better. */
  private static final List<String> GUARDED = List.of("brier", "log_loss");

  private final DemoSystem system;
  private final boolean aPersonDecides;

  DemoGate(DemoSystem system, boolean aPersonDecides) {
    this.system = system;
    this.aPersonDecides = aPersonDecides;
  }

  /** What the approver decides, and why. */
  record Verdict(boolean passes, String reason) {}

  boolean aPersonDecides() {
    return aPersonDecides;
  }

  /**
   * The open question of a run that waits.
   *
   * @throws CommandException where there is none
   */
  JsonNode question(long run) {
    JsonNode found =
        Poll.until(QUESTION, () -> openQuestion(run), approval -> approval.hasNonNull("id"));
    if (!found.hasNonNull("id")) {
      throw system.missing(
          "Run " + run + " waits, but has opened no approval", QUESTION, "/runs/" + run);
    }
    return found;
  }

  private JsonNode openQuestion(long run) {
    for (JsonNode approval : system.engineer().get("/approvals?state=open").path("items")) {
      if (approval.path("runId").asLong() == run) {
        return approval;
      }
    }
    return Api.JSON.createObjectNode();
  }

  /**
   * Decides by what the evidence says, or asks the person at the terminal to.
   *
   * @param judge makes a verdict of the evidence
   */
  void decide(JsonNode approval, Function<JsonNode, Verdict> judge) {
    long id = approval.path("id").asLong();
    String page = system.page("/approvals/" + id);
    if (aPersonDecides) {
      system.say("The gate is closed. Sign in as approver and decide: " + page);
      system.say("The password lies in " + system.home().users().resolve("approver.json"));
      return;
    }
    JsonNode shown = system.approver().get("/approvals/" + id);
    Verdict verdict = judge.apply(shown.path("evidence"));
    system
        .approver()
        .post(
            "/approvals/" + id + "/decisions",
            Map.of(
                "decision",
                verdict.passes() ? "approve" : "reject",
                "reason",
                verdict.reason(),
                "digest",
                shown.path("digest").asText()));
    system.say(
        "The approver has looked at the evidence, and %s: “%s”  %s"
            .formatted(verdict.passes() ? "lets it pass" : "rejects it", verdict.reason(), page));
  }

  /** The first version has nothing to be held against but one feature alone. */
  static Verdict first(JsonNode evidence) {
    JsonNode metrics = evidence.path("metrics");
    return new Verdict(
        true,
        "AUC %.3f against %.3f by %s alone, and a Brier skill of %.3f, on %,d customers of %s that neither training nor choosing has seen."
            .formatted(
                metrics.path("auc").asDouble(),
                evidence.path("baseline").path("auc").asDouble(),
                evidence.path("baseline").path("feature").asText(),
                metrics.path("brier_skill").asDouble(),
                evidence.path("holdoutRows").asLong(),
                evidence.path("judgedOn").asText()));
  }

  /**
   * The guards: a version passes where it is not worse than the live one on the same rows, by Brier
   * score and by log loss. Worse means that the whole 95 % interval of the paired difference lies
   * on the bad side. Where that can't be told, it does not pass.
   */
  static Verdict guards(JsonNode evidence) {
    StringBuilder words = new StringBuilder();
    boolean isWorse = false;
    for (String metric : GUARDED) {
      PairedDifference difference = PairedDifference.of(evidence, metric);
      if (!difference.isKnown()) {
        return new Verdict(
            false,
            "The evidence does not compare it with the live version by %s: nothing is known, so nothing passes."
                .formatted(PairedDifference.name(metric)));
      }
      isWorse |= difference.isWorse();
      words.append(words.length() == 0 ? "" : ", ").append(difference.words());
    }
    return new Verdict(
        !isWorse,
        "%s than v%d's on the same %,d customers of %s: %s."
            .formatted(
                words,
                evidence.path("champion").path("version").asInt(),
                evidence.path("holdoutRows").asLong(),
                evidence.path("judgedOn").asText(),
                isWorse ? "worse" : "not worse"));
  }

  /** The candidate that is broken on purpose: the approver knows, and says so. */
  static Verdict broken(JsonNode evidence) {
    return new Verdict(
        true,
        "This one is broken, and passes so that the canary can show what it is for: it has learnt from amounts in cents, and the shop sends dollars. Its evidence can't show that (AUC %.3f), because it was judged on cents, too."
            .formatted(evidence.path("metrics").path("auc").asDouble()));
  }
}
