package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What the demo does, over REST alone, as two people would. */
final class DemoStory {

  static final String PIPELINE = "repeat-purchase";

  private static final String TRAFFIC = "repeat-purchase-traffic";
  private static final String AS_OF = "1997-12-31";
  private static final String TRAFFIC_AS_OF = "1998-03-31";
  private static final Duration PUBLICATION = Duration.ofMinutes(2);
  private static final Duration QUESTION = Duration.ofSeconds(30);

  private final LocalSystem system;
  private final Terminal terminal;
  private final boolean aPersonDecides;
  private final Api engineer;
  private final Api approver;

  DemoStory(LocalSystem system, Terminal terminal, boolean aPersonDecides) {
    this.system = system;
    this.terminal = terminal;
    this.aPersonDecides = aPersonDecides;
    this.engineer = Api.as(system.home(), Subcommand.ENGINEER);
    this.approver = Api.as(system.home(), "approver");
  }

  /**
   * Goes the whole way.
   *
   * @param start when the command began, by {@link System#nanoTime}
   */
  DemoSummary tell(long start) {
    awaitPublished(PIPELINE);
    awaitPublished(TRAFFIC);
    long id = start(PIPELINE, Map.of(), AS_OF);
    say("Run " + id + " of " + PIPELINE + ", as of " + AS_OF + "  " + page("/runs/" + id));
    RunView view = new RunView(engineer, terminal, false);
    JsonNode waiting = view.followUntil(id, Set.of("waiting"));
    if (!ListCommand.word(waiting, "state").equals("waiting")) {
      RunView.requireSuccess(waiting);
    }
    decide(question(id));
    JsonNode run = view.follow(id);
    RunView.requireSuccess(run);
    JsonNode sent = sendTraffic();
    JsonNode model = engineer.get("/models/" + PIPELINE);
    int version = model.path("liveVersion").asInt();
    JsonNode judged = engineer.get("/models/" + PIPELINE + "/versions/" + version);
    return new DemoSummary(
        system.url(),
        run,
        judged,
        sent,
        system.isTemporalInMemory(),
        (System.nanoTime() - start) / 1_000_000_000.0);
  }

  private void awaitPublished(String pipeline) {
    boolean isThere = Poll.until(PUBLICATION, () -> isPublished(pipeline), found -> found);
    if (!isThere) {
      throw CommandException.failed(
          "The worker has not published %s within %d s. See %s."
              .formatted(pipeline, PUBLICATION.toSeconds(), system.home().log("worker")));
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

  private long start(String pipeline, Map<String, String> params, String logicalDate) {
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

  private JsonNode question(long run) {
    JsonNode found =
        Poll.until(QUESTION, () -> openQuestion(run), approval -> approval.hasNonNull("id"));
    if (!found.hasNonNull("id")) {
      throw CommandException.failed("Run " + run + " waits, but has opened no approval.");
    }
    return found;
  }

  private JsonNode openQuestion(long run) {
    for (JsonNode approval : engineer.get("/approvals?state=open").path("items")) {
      if (approval.path("runId").asLong() == run) {
        return approval;
      }
    }
    return Api.JSON.createObjectNode();
  }

  private void decide(JsonNode approval) {
    long id = approval.path("id").asLong();
    String page = page("/approvals/" + id);
    if (aPersonDecides) {
      say("The gate is closed. Sign in as approver and decide: " + page);
      say("The password lies in " + system.home().users().resolve("approver.json"));
      return;
    }
    JsonNode shown = approver.get("/approvals/" + id);
    String reason = reason(shown.path("evidence"));
    approver.post(
        "/approvals/" + id + "/decisions",
        Map.of("decision", "approve", "reason", reason, "digest", shown.path("digest").asText()));
    say("The approver has looked at the evidence, and lets it pass: “" + reason + "”  " + page);
  }

  private static String reason(JsonNode evidence) {
    JsonNode metrics = evidence.path("metrics");
    return "AUC %.3f against %.3f by %s alone, and a Brier skill of %.3f, on %,d customers of %s that neither training nor choosing has seen."
        .formatted(
            metrics.path("auc").asDouble(),
            evidence.path("baseline").path("auc").asDouble(),
            evidence.path("baseline").path("feature").asText(),
            metrics.path("brier_skill").asDouble(),
            evidence.path("holdoutRows").asLong(),
            evidence.path("judgedOn").asText());
  }

  private JsonNode sendTraffic() {
    long id = start(TRAFFIC, Map.of("gateway", system.url().toString()), TRAFFIC_AS_OF);
    say(
        "Run %d of %s: every customer as of January to March 1998 through the gateway  %s"
            .formatted(id, TRAFFIC, page("/runs/" + id)));
    JsonNode run = new RunView(engineer, terminal, false).follow(id);
    RunView.requireSuccess(run);
    for (JsonNode stage : run.path("stages")) {
      if (stage.path("output").path("is").asText().equals("result")) {
        return Api.parse(stage.path("output").path("json").asText());
      }
    }
    throw CommandException.failed("Run " + id + " has sent nothing.");
  }

  private String page(String path) {
    return system.url().resolve(path).toString();
  }

  private void say(String text) {
    terminal.line("");
    terminal.line(text);
  }
}
