package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.local.Home;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The system that the demo's people use, over REST alone, and what they say aloud. */
final class DemoSystem {

  private static final Duration PUBLICATION = Duration.ofMinutes(2);

  private final Home home;
  private final URI url;
  private final Terminal terminal;
  private final Api engineer;
  private final Api approver;

  DemoSystem(Home home, URI url, Terminal terminal) {
    this.home = home;
    this.url = url;
    this.terminal = terminal;
    this.engineer = Api.as(home, Subcommand.ENGINEER);
    this.approver = Api.as(home, "approver");
  }

  Home home() {
    return home;
  }

  URI url() {
    return url;
  }

  Api engineer() {
    return engineer;
  }

  Api approver() {
    return approver;
  }

  /** A view of one run's stages. */
  RunView view() {
    return new RunView(engineer, terminal, false);
  }

  void say(String text) {
    terminal.line("");
    terminal.line(text);
  }

  String page(String path) {
    return url.resolve(path).toString();
  }

  /** Something did not come in time: what, and where to look for the reason. */
  CommandException missing(String what, Duration waited, String page) {
    return CommandException.failed(
        "%s within %d s. See %s, and the logs %s and %s."
            .formatted(what, waited.toSeconds(), page(page), home.log("worker"), home.log("web")));
  }

  /** Waits until a pipeline can be run. */
  void awaitPublished(String pipeline) {
    if (!Poll.until(PUBLICATION, () -> isPublished(pipeline), found -> found)) {
      throw missing(
          "The worker has not published " + pipeline, PUBLICATION, "/pipelines/" + pipeline);
    }
  }

  private boolean isPublished(String pipeline) {
    try {
      return engineer.get("/pipelines/" + pipeline).hasNonNull("graph");
    } catch (RefusedException e) {
      if (e.status() == 404) {
        return false;
      }
      throw e;
    }
  }

  /** Starts a run, and answers its id. */
  long start(String pipeline, Map<String, String> params, String logicalDate) {
    return engineer
        .post(
            "/pipelines/" + pipeline + "/runs",
            Map.of(
                "params",
                params,
                "logicalDate",
                logicalDate,
                "note",
                "airlock demo",
                "idempotencyKey",
                UUID.randomUUID().toString()))
        .path("id")
        .asLong();
  }

  /** A stage of a run, or a missing node. */
  static JsonNode stage(JsonNode run, String name) {
    for (JsonNode stage : run.path("stages")) {
      if (stage.path("name").asText().equals(name)) {
        return stage;
      }
    }
    return Api.JSON.missingNode();
  }

  static boolean isIn(JsonNode run, String state) {
    return ListCommand.word(run, "state").equals(state);
  }
}
