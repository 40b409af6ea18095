package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The demo's customers, as a pipeline of the examples sends them to the gateway. */
final class DemoTraffic {

  static final String PIPELINE = "repeat-purchase-traffic";

  private static final Duration PREPARATION = Duration.ofMinutes(2);
  private static final Duration SENDING = Duration.ofMinutes(5);
  private static final String SENDS = "send";
  private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled");

  private final DemoSystem system;

  DemoTraffic(DemoSystem system) {
    this.system = system;
  }

  /**
   * Starts to send every customer as of the last three month ends.
   *
   * @param wave keeps the ids of its predictions apart from other waves'
   * @param over how long the sending takes
   * @return the run
   */
  long start(String wave, String asOf, Duration over) {
    return system.start(
        PIPELINE,
        Map.of("gateway", system.url().toString(), "wave", wave, "over", over.toString()),
        asOf);
  }

  /**
   * Waits until the first customers are on their way.
   *
   * @throws CommandException where the run fails before, or takes too long
   */
  void awaitSending(long run) {
    JsonNode seen =
        Poll.until(
            PREPARATION,
            () -> system.engineer().get("/runs/" + run),
            found -> sends(found) || OVER.contains(ListCommand.word(found, "state")));
    if (OVER.contains(ListCommand.word(seen, "state"))) {
      RunView.requireSuccess(seen);
    } else if (!sends(seen)) {
      throw system.missing("Run " + run + " has sent nothing", PREPARATION, "/runs/" + run);
    }
  }

  private static boolean sends(JsonNode run) {
    return DemoSystem.isIn(DemoSystem.stage(run, SENDS), "running");
  }

  /** What was sent, once all of it was. */
  JsonNode result(long run) {
    JsonNode ended =
        Poll.until(
            SENDING,
            () -> system.engineer().get("/runs/" + run),
            found -> OVER.contains(ListCommand.word(found, "state")));
    if (!OVER.contains(ListCommand.word(ended, "state"))) {
      throw system.missing("Run " + run + " has not ended", SENDING, "/runs/" + run);
    }
    return sent(ended);
  }

  /** What a run that is over has sent. */
  static JsonNode sent(JsonNode run) {
    RunView.requireSuccess(run);
    for (JsonNode stage : run.path("stages")) {
      if (stage.path("output").path("is").asText().equals("result")) {
        return Api.parse(stage.path("output").path("json").asText());
      }
    }
    throw CommandException.failed("Run " + run.path("id").asLong() + " has sent nothing.");
  }
}
