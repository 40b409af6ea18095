package dev.airlock.web.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.airlock.store.Prediction;
import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane: the REST form of the Open Inference Protocol. Every row is in the {@link Journal}
 * before its score is answered.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final String OUTPUT = "score";
  private static final String ARM = "live";

  private final RoutingFollower routing;
  private final Journal journal;

  public Gateway(RoutingFollower routing, Journal journal) {
    this.routing = routing;
    this.journal = journal;
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
    ctx.json(Map.of("name", name, "ready", true));
  }

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
            List.of(Integer.toString(live.route().version())),
            "airlock-" + live.model().algorithm(),
            inputs,
            List.of(Tensors.column(OUTPUT))));
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
    String name = ctx.pathParam("name");
    InferRequest request = InferRequest.read(ctx.bodyAsBytes());
    LiveModel live = routing.enter(name);
    if (live == null) {
      throw nothingLive(name);
    }
    try {
      byte[] answer = answer(request, live);
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

  private byte[] answer(InferRequest request, LiveModel live) {
    FeatureRows rows = FeatureRows.of(request, live.model().features());
    Instant now = Instant.now();
    List<Prediction> predictions = score(request, live, rows, now);
    try {
      journal.append(predictions);
    } catch (UncheckedIOException e) {
      LOG.error("{}", e.getMessage(), e);
      throw ProblemException.unavailable(
          "The prediction could not be journalled, so it is not answered. Nothing is wrong with the request: try again, or free disk space on the gateway.");
    }
    return write(request, live, predictions);
  }

  private static List<Prediction> score(
      InferRequest request, LiveModel live, FeatureRows rows, Instant now) {
    List<String> features = live.model().features();
    Instant asOf = request.asOf() == null ? now : request.asOf();
    List<Prediction> predictions = new ArrayList<>(rows.vectors().size());
    for (int row = 0; row < rows.vectors().size(); row++) {
      double[] vector = rows.vectors().get(row);
      predictions.add(
          new Prediction(
              UUID.randomUUID(),
              live.route().model(),
              live.route().version(),
              asOf,
              now,
              score(live, vector, row),
              rows.hasEntities() ? rows.entity(row) : null,
              inputs(features, vector)));
    }
    return predictions;
  }

  private static double score(LiveModel live, double[] vector, int row) {
    try {
      return live.model().score(vector);
    } catch (ArithmeticException e) {
      throw ProblemException.badRequest("Row %d: %s.".formatted(row, e.getMessage()));
    }
  }

  private static String inputs(List<String> features, double[] vector) {
    StringWriter text = new StringWriter(24 * vector.length);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (int f = 0; f < vector.length; f++) {
        json.writeNumberField(features.get(f), vector[f]);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("The features can't be written", e);
    }
    return text.toString();
  }

  private static byte[] write(InferRequest request, LiveModel live, List<Prediction> predictions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + predictions.size() * 64);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("model_name", live.route().model());
      json.writeStringField("model_version", Integer.toString(live.route().version()));
      json.writeStringField(
          "id", request.id() == null ? predictions.get(0).id().toString() : request.id());
      json.writeObjectFieldStart("parameters");
      json.writeStringField("arm", ARM);
      json.writeArrayFieldStart("ids");
      for (Prediction prediction : predictions) {
        json.writeString(prediction.id().toString());
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeArrayFieldStart("outputs");
      writeScores(json, predictions);
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("The answer can't be written", e);
    }
    return bytes.toByteArray();
  }

  private static void writeScores(JsonGenerator json, List<Prediction> predictions)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", OUTPUT);
    json.writeStringField("datatype", "FP64");
    json.writeArrayFieldStart("shape");
    json.writeNumber(predictions.size());
    json.writeEndArray();
    json.writeArrayFieldStart("data");
    for (Prediction prediction : predictions) {
      json.writeNumber(prediction.score());
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
