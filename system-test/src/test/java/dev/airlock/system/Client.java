package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One person's REST client. */
final class Client {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI base;
  private final @Nullable String token;

  Client(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** An answer; the body is missing where it is no JSON. */
  record Answer(int status, String text, JsonNode body) {

    /** The body of an answer that went well. */
    JsonNode ok() {
      if (status / 100 != 2) {
        throw new AssertionError("Expected an answer of 2xx, came %d: %s".formatted(status, text));
      }
      return body;
    }
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).GET());
  }

  Answer post(String path, Object body) {
    return send("POST", path, body);
  }

  Answer patch(String path, Object body) {
    return send("PATCH", path, body);
  }

  private Answer send(String method, String path, Object body) {
    try {
      String json = JSON.writeValueAsString(body);
      return send(
          HttpRequest.newBuilder(base.resolve(path))
              .header("Content-Type", "application/json")
              .method(method, BodyPublishers.ofString(json)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a run and answers its id. */
  long start(String pipeline, Map<String, String> params) {
    return post(
            "/api/v1/pipelines/" + pipeline + "/runs",
            Map.of("params", params, "idempotencyKey", UUID.randomUUID().toString()))
        .ok()
        .get("id")
        .asLong();
  }

  JsonNode run(long id) {
    return get("/api/v1/runs/" + id).ok();
  }

  /** The run, as soon as it is in one of these states. */
  JsonNode awaitRun(long id, Duration within, String... states) {
    Set<String> wanted = Set.of(states);
    Set<String> ends = Set.of("succeeded", "failed", "cancelled");
    return Await.found(
        within,
        "run " + id + " to be " + String.join(" or ", states),
        () -> {
          Answer answer = get("/api/v1/runs/" + id);
          if (answer.status() >= 500) {
            return Optional.empty();
          }
          JsonNode run = answer.ok();
          String state = run.get("state").asText();
          if (!wanted.contains(state) && ends.contains(state)) {
            throw new AssertionError("Run %d ended as %s: %s".formatted(id, state, run));
          }
          return wanted.contains(state) ? Optional.of(run) : Optional.empty();
        });
  }

  /** Waits until a stage is in this state. */
  JsonNode awaitStage(long run, String stage, String state, Duration within) {
    return Await.found(
        within,
        "stage %s of run %d to be %s".formatted(stage, run, state),
        () ->
            Optional.of(stage(run(run), stage))
                .filter(found -> found.get("state").asText().equals(state)));
  }

  static JsonNode stage(JsonNode run, String name) {
    for (JsonNode stage : run.get("stages")) {
      if (stage.get("name").asText().equals(name)) {
        return stage;
      }
    }
    throw new AssertionError("No stage " + name + " in " + run);
  }

  /** The open approval that a run waits for, as soon as it is there. */
  JsonNode awaitApproval(long run, Duration within) {
    awaitRun(run, within, "waiting");
    return Await.found(
        Duration.ofSeconds(10),
        "the approval of run " + run,
        () -> {
          for (JsonNode approval : get("/api/v1/approvals?state=open").ok().get("items")) {
            if (approval.get("runId").asLong() == run) {
              return Optional.of(approval);
            }
          }
          return Optional.empty();
        });
  }

  Answer decide(JsonNode approval, String decision, String reason) {
    return post(
        "/api/v1/approvals/" + approval.get("id").asLong() + "/decisions",
        Map.of("decision", decision, "reason", reason, "digest", approval.get("digest").asText()));
  }

  private Answer send(HttpRequest.Builder request) {
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> response =
          http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), json(response));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    String type = response.headers().firstValue("Content-Type").orElse("");
    return type.contains("json") ? JSON.readTree(response.body()) : MissingNode.getInstance();
  }
}
