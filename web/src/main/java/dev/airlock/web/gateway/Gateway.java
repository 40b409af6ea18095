package dev.airlock.web.gateway;

import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane: the REST form of the Open Inference Protocol. Every row is in the {@link Journal}
 * before its score is answered.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final RoutingFollower routing;
  private final Journal journal;
  private final ServiceCounts counts;

  public Gateway(RoutingFollower routing, Journal journal, ServiceCounts counts) {
    this.routing = routing;
    this.journal = journal;
    this.counts = counts;
  }

  /** {@code GET /v2/health/live}. */
  public void live(Context ctx) {
    ctx.json(Map.of("live", true));
  }

  /** {@code GET /v2/health/ready}: 503 until the routing has been read once. */
  public void ready(Context ctx) {
    ctx.status(routing.isReady() ? 200 : 503).json(Map.of("ready", routing.isReady()));
  }

  /** {@code GET /v2/models/{name}/ready}: 404 or 503 where no version of it answers. */
  public void modelReady(Context ctx) {
    String name = ctx.pathParam("name");
    if (routing.peek(name) == null) {
      throw nothingLive(name);
    }
    ctx.json(new Ready(name, true, routing.whyUnusable(name)));
  }

  /**
   * Whether a model answers.
   *
   * @param detail what does not answer as the routing wants it, or null
   */
  private record Ready(String name, boolean ready, @Nullable String detail) {}

  /** {@code GET /v2/models/{name}}: what the live version takes and gives. */
  public void metadata(Context ctx) {
    String name = ctx.pathParam("name");
    LiveModel live = routing.peek(name);
    if (live == null) {
      throw nothingLive(name);
    }
    List<Tensors> inputs =
        live.model().features().stream().map(feature -> Tensors.column(feature)).toList();
    ctx.json(
        new Metadata(
            name,
            versions(live),
            "airlock-" + live.model().algorithm(),
            inputs,
            List.of(Tensors.column(InferAnswer.OUTPUT))));
  }

  private static List<String> versions(LiveModel live) {
    String version = Integer.toString(live.route().version());
    return live.candidate() == null
        ? List.of(version)
        : List.of(version, String.valueOf(live.route().candidate()));
  }

  private record Metadata(
      String name,
      List<String> versions,
      String platform,
      List<Tensors> inputs,
      List<Tensors> outputs) {}

  private record Tensors(String name, String datatype, List<Long> shape) {
    static Tensors column(String name) {
      return new Tensors(name, "FP64", List.of(-1L));
    }
  }

  /** {@code POST /v2/models/{name}/infer}. */
  public void infer(Context ctx) {
    long began = System.nanoTime();
    String name = ctx.pathParam("name");
    InferRequest request = InferRequest.read(ctx.bodyAsBytes());
    LiveModel live = routing.enter(name);
    if (live == null) {
      throw nothingLive(name);
    }
    try {
      byte[] answer = answer(request, live, began);
      ctx.res().setContentLength(answer.length);
      ctx.contentType("application/json").result(answer);
    } finally {
      live.leave();
    }
  }

  private ProblemException nothingLive(String name) {
    if (!routing.isReady()) {
      return ProblemException.unavailable(
          "What is live is not known yet, since PostgreSQL has not answered since the start: "
              + routing.trouble());
    }
    String why = routing.whyUnusable(name);
    return why == null
        ? ProblemException.notFound(
            "No version of '%s' is live. Live here: %s."
                .formatted(name, String.join(", ", routing.serving().keySet())))
        : ProblemException.unavailable("%s %s".formatted(name, why));
  }

  private byte[] answer(InferRequest request, LiveModel live, long began) {
    FeatureRows rows = FeatureRows.of(request, live);
    Batch batch = new Batch(live, request, Instant.now());
    try {
      batch.score(rows);
      append(batch);
      return InferAnswer.of(request, batch);
    } finally {
      batch.count(counts, System.nanoTime() - began);
    }
  }

  private void append(Batch batch) {
    try {
      journal.append(batch.predictions());
    } catch (UncheckedIOException e) {
      batch.fail();
      LOG.error("{}", e.getMessage(), e);
      throw ProblemException.unavailable(
          "The prediction could not be journalled, so it is not answered. Nothing is wrong with the request: try again, or free disk space on the gateway.");
    }
  }
}
