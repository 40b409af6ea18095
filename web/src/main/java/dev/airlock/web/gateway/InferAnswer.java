package dev.airlock.web.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** An answer of the Open Inference Protocol. */
final class InferAnswer {
  /** The name of the one output. */
  static final String OUTPUT = "score";

  private static final JsonFactory JSON = new JsonFactory();
  private static final String SPLIT = "split";

  private InferAnswer() {}

  /** The answer as JSON; without a split it says nothing of single rows but their ids. */
  static byte[] of(InferRequest request, Batch batch) {
    List<Prediction> predictions = batch.predictions();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + predictions.size() * 64);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("model_name", batch.model().route().model());
      json.writeStringField("model_version", Integer.toString(version(batch)));
      json.writeStringField(
          "id", request.id() == null ? predictions.get(0).id().toString() : request.id());
      writeParameters(json, batch);
      json.writeArrayFieldStart("outputs");
      writeScores(json, predictions);
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("The answer can't be written", e);
    }
    return bytes.toByteArray();
  }

  /** The live version's, unless the candidate has answered every row. */
  private static int version(Batch batch) {
    LiveRoute route = batch.model().route();
    Integer candidate = route.candidate();
    return candidate == null || batch.arms().contains(Arm.LIVE) ? route.version() : candidate;
  }

  private static void writeParameters(JsonGenerator json, Batch batch) throws IOException {
    json.writeObjectFieldStart("parameters");
    json.writeStringField("arm", arm(batch.arms()));
    json.writeArrayFieldStart("ids");
    for (Prediction prediction : batch.predictions()) {
      json.writeString(prediction.id().toString());
    }
    json.writeEndArray();
    if (batch.model().isSplit()) {
      writeArms(json, batch);
    }
    json.writeEndObject();
  }

  private static String arm(List<Arm> arms) {
    boolean holdsBoth = arms.contains(Arm.LIVE) && arms.contains(Arm.CANDIDATE);
    return holdsBoth ? SPLIT : arms.get(0).word();
  }

  private static void writeArms(JsonGenerator json, Batch batch) throws IOException {
    json.writeArrayFieldStart("arms");
    for (Arm arm : batch.arms()) {
      json.writeString(arm.word());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("versions");
    for (Prediction prediction : batch.predictions()) {
      json.writeNumber(prediction.version());
    }
    json.writeEndArray();
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
