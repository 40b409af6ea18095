package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.WebhookSpec;
import dev.airlock.store.Acting;
import dev.airlock.store.NewRun;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Peer;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Signed calls of other systems that start runs. Nobody signs in: the signature tells. */
public final class HookRoutes {

  private final Supplier<Store> store;
  private final HookKeys keys;

  public HookRoutes(Supplier<Store> store, HookKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  /** {@code POST /hooks/{pipeline}/{webhook}}. */
  public void call(Context ctx) {
    String pipeline = ctx.pathParam("pipeline");
    PipelineVersion version = version(pipeline, ctx.pathParam("webhook"));
    WebhookSpec webhook = webhook(version, ctx.pathParam("webhook"));
    Signature signature =
        new Signature(
            ctx.header("X-Airlock-Timestamp"),
            ctx.header("X-Airlock-Delivery"),
            ctx.header("X-Airlock-Signature"));
    byte[] body = ctx.bodyAsBytes();
    signature.verify(key(pipeline, webhook.name()), body, Instant.now());
    requireAwake(pipeline);
    String delivery = Objects.requireNonNull(signature.delivery());
    RequestedRun run =
        store
            .get()
            .runs()
            .request(
                new NewRun(
                    pipeline,
                    body.length == 0 ? Map.of() : params(ctx, webhook),
                    null,
                    new Acting(version.publishedBy(), Peer.hook(ctx)),
                    "webhook",
                    "",
                    Json.write(new Trigger("webhook", webhook.name(), delivery)),
                    "webhook/%s/%s".formatted(webhook.name(), delivery)));
    ctx.status(201).json(Map.of("id", run.id(), "isNew", run.isNew()));
  }

  private PipelineVersion version(String pipeline, String webhook) {
    return store.get().pipelines().current(pipeline).orElseThrow(() -> unknown(pipeline, webhook));
  }

  private static WebhookSpec webhook(PipelineVersion version, String name) {
    StartSpec starts = version.graph().starts();
    if (starts == null) {
      throw unknown(version.pipeline(), name);
    }
    return starts.webhook(name).orElseThrow(() -> unknown(version.pipeline(), name));
  }

  /** The same, whether there is such a pipeline or not: a stranger asks. */
  private static UnknownEntityException unknown(String pipeline, String webhook) {
    return new UnknownEntityException(
        "There is no webhook '%s' of a pipeline '%s'.".formatted(webhook, pipeline));
  }

  private String key(String pipeline, String webhook) {
    return keys.find(pipeline, webhook)
        .orElseThrow(
            () ->
                ProblemException.unavailable(
                    "The webhook has no key: set %s for the web process, or put it into secrets/%s in the home; and give the same to the sender."
                        .formatted(
                            HookKeys.variable(pipeline, webhook),
                            HookKeys.file(pipeline, webhook))));
  }

  private void requireAwake(String pipeline) {
    Pipelines pipelines = store.get().pipelines();
    if (pipelines.find(pipeline).map(PipelineSummary::paused).orElse(false)) {
      throw ProblemException.conflict(
          "Pipeline %s is paused: no run was started. Call again once it goes on."
              .formatted(pipeline));
    }
  }

  private static Map<String, String> params(Context ctx, WebhookSpec webhook) {
    JsonNode body = Body.read(ctx, JsonNode.class);
    if (!body.isObject()) {
      throw ProblemException.badRequest("The body is no JSON object; send one, or none at all.");
    }
    Map<String, String> params = new HashMap<>();
    for (String name : webhook.params()) {
      JsonNode value = body.path(name);
      if (value.isMissingNode() || value.isNull()) {
        continue;
      }
      if (!value.isValueNode()) {
        throw ProblemException.badRequest(
            "Param '%s' is %s, expected text, a number, true or false.".formatted(name, value),
            List.of(new Fault(name, "expected text, a number, true or false")));
      }
      params.put(name, value.asText());
    }
    return params;
  }

  /** What a run keeps of the call that started it. */
  private record Trigger(String kind, String webhook, String delivery) {}
}
