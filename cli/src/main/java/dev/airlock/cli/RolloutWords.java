package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A rollout in a few words. */
final class RolloutWords {

  private RolloutWords() {}

  /** Which of its steps it stands in, counted from 1. */
  static String step(JsonNode rollout) {
    return rollout.path("step").asInt() + 1 + " of " + rollout.path("steps").size();
  }

  /** Where it stands, in one line. */
  static String of(JsonNode rollout) {
    // While it progresses, the reason is no more than the step.
    String because =
        ListCommand.word(rollout, "state").equals("progressing")
            ? ""
            : rollout.path("because").asText("");
    return "v%d %s, step %s, %d %% of customers%s"
        .formatted(
            rollout.path("version").asInt(),
            ListCommand.word(rollout, "state"),
            step(rollout),
            rollout.path("weight").asInt(),
            because.isEmpty() ? "" : ": " + because);
  }

  /** The rollout that a run's deployment has begun, where it has. */
  static Optional<JsonNode> ofRun(Api api, JsonNode run) {
    for (JsonNode stage : run.path("stages")) {
      JsonNode output = stage.path("output");
      if (output.path("is").asText().equals("approved")) {
        JsonNode version = output.path("version");
        return newest(api, version.path("model").asText(), version.path("version").asInt());
      }
    }
    return Optional.empty();
  }

  /** The newest rollout of a version. */
  static Optional<JsonNode> newest(Api api, String model, int version) {
    for (JsonNode rollout : api.get("/rollouts?model=" + Api.encoded(model)).path("items")) {
      if (rollout.path("version").asInt() == version) {
        return Optional.of(rollout);
      }
    }
    return Optional.empty();
  }

  /** What became of each step, from the looks at it: the last look of each speaks. */
  static List<Step> steps(JsonNode detail) {
    List<Step> steps = new ArrayList<>();
    JsonNode planned = detail.path("rollout").path("steps");
    for (int i = 0; i < planned.size(); i++) {
      steps.add(step(detail, i, planned.get(i).path("weight").asInt()));
    }
    return steps;
  }

  private static Step step(JsonNode detail, int number, int weight) {
    boolean wasReached = false;
    for (JsonNode shift : detail.path("shifts")) {
      wasReached |= shift.path("step").asInt() == number && shift.path("weight").asInt() == weight;
    }
    int looks = 0;
    String verdict = "";
    List<String> findings = new ArrayList<>();
    for (JsonNode look : detail.path("looks")) {
      if (look.path("step").asInt() == number) {
        looks++;
        verdict = ListCommand.word(look, "verdict");
        findings.clear();
        look.path("findings").forEach(finding -> findings.add(finding.path("detail").asText()));
      }
    }
    return new Step(weight, wasReached, looks, verdict, List.copyOf(findings));
  }

  /**
   * One step of a rollout.
   *
   * @param weight the candidate's share of customers, in percent
   * @param wasReached whether traffic was ever split like that
   * @param looks how often it was analysed
   * @param verdict the last look's: success, failure, inconclusive; empty where nobody looked
   * @param findings the last look's, a sentence each
   */
  record Step(int weight, boolean wasReached, int looks, String verdict, List<String> findings) {}
}
