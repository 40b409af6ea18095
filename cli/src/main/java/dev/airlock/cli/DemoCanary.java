package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** How a candidate of the demo takes over, or doesn't: the gate, then a canary under traffic. */
final class DemoCanary {

  private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled");
  private static final Duration TRAINING = Duration.ofMinutes(10);
  private static final Duration ROLLOUT = Duration.ofMinutes(3);
  private static final Duration PERSON = Duration.ofHours(12);

  private final DemoSystem system;
  private final DemoGate gate;
  private final DemoTraffic traffic;
  private final String asOf;

  DemoCanary(DemoSystem system, DemoGate gate, DemoTraffic traffic, String asOf) {
    this.system = system;
    this.gate = gate;
    this.traffic = traffic;
    this.asOf = asOf;
  }

  /**
   * How a candidate fared.
   *
   * @param run to its end
   * @param rollout with all that happened in it; absent where the candidate never got that far
   * @param traffic the run that sent the customers who met it; absent where none were sent
   */
  record Outcome(JsonNode run, Optional<JsonNode> rollout, Optional<Long> traffic) {}

  /**
   * Follows a run through the gate and its rollout, to the end of both.
   *
   * @param judge decides where no person does
   * @param wave of the traffic that flows meanwhile
   * @param over how long it flows
   */
  Outcome follow(long run, Function<JsonNode, DemoGate.Verdict> judge, String wave, Duration over) {
    RunView view = system.view();
    JsonNode waiting =
        view.followUntil(run, TRAINING, seen -> DemoSystem.isIn(seen, "waiting") || isOver(seen));
    if (isOver(waiting)) {
      return new Outcome(waiting, Optional.empty(), Optional.empty());
    }
    if (!DemoSystem.isIn(waiting, "waiting")) {
      throw system.missing("Run " + run + " has not come to its gate", TRAINING, "/runs/" + run);
    }
    JsonNode question = gate.question(run);
    // A person takes their time; the demo's approver finds the customers on their way.
    long sent = gate.aPersonDecides() ? 0 : sendFirst(wave, over);
    gate.decide(question, judge);
    if (gate.aPersonDecides()) {
      view.followUntil(run, PERSON, seen -> !DemoSystem.isIn(seen, "waiting"));
      sent = send(wave, over);
    }
    JsonNode ended = followToTheEnd(view, run);
    Optional<JsonNode> rollout =
        RolloutWords.ofRun(system.engineer(), ended)
            .map(found -> system.engineer().get("/rollouts/" + found.path("id").asLong()));
    return new Outcome(ended, rollout, Optional.of(sent));
  }

  private long sendFirst(String wave, Duration over) {
    long run = send(wave, over);
    traffic.awaitSending(run);
    return run;
  }

  private long send(String wave, Duration over) {
    long run = traffic.start(wave, asOf, over);
    system.say(
        "Run %d of %s: every customer as of the last three month ends of %s, over %d s  %s"
            .formatted(
                run, DemoTraffic.PIPELINE, asOf, over.toSeconds(), system.page("/runs/" + run)));
    return run;
  }

  private JsonNode followToTheEnd(RunView view, long run) {
    Duration patience = gate.aPersonDecides() ? PERSON : ROLLOUT;
    JsonNode seen = view.followUntil(run, patience, now -> isOver(now) || paused(now).isPresent());
    Optional<JsonNode> paused = isOver(seen) ? Optional.empty() : paused(seen);
    if (paused.isPresent()) {
      takeBack(paused.get());
      seen = view.followUntil(run, patience, DemoCanary::isOver);
    }
    if (!isOver(seen)) {
      throw system.missing(
          "The rollout of run " + run + " has not ended", patience, "/runs/" + run);
    }
    return seen;
  }

  private Optional<JsonNode> paused(JsonNode run) {
    return RolloutWords.ofRun(system.engineer(), run)
        .filter(rollout -> DemoSystem.isIn(rollout, "paused"));
  }

  /** What is inconclusive asks a person, and is no pass. */
  private void takeBack(JsonNode rollout) {
    long id = rollout.path("id").asLong();
    String page = system.page("/rollouts/" + id);
    system.say("Rollout %d asks: %s  %s".formatted(id, rollout.path("because").asText(), page));
    if (!gate.aPersonDecides()) {
      system
          .engineer()
          .post(
              "/rollouts/" + id + "/abort",
              Map.of("reason", "Too little is known of it, and that is no pass."));
    }
  }

  private static boolean isOver(JsonNode run) {
    return OVER.contains(ListCommand.word(run, "state"));
  }
}
