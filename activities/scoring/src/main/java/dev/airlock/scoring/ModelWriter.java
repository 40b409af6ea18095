package dev.airlock.scoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Writes a model as canonical JSON. What it writes is hashed: changing it needs a new version. */
final class ModelWriter {
  static final String FORMAT = "airlock-model";
  static final int VERSION = 1;

  /** Jackson's own double writer: Double.toString gives other digits on JDK 19 and later. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private ModelWriter() {}

  static byte[] write(ScoringModel model) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      writeModel(json, model);
    } catch (IOException e) {
      throw new UncheckedIOException("The model can't be written as JSON", e);
    }
    return bytes.toByteArray();
  }

  private static void writeModel(JsonGenerator json, ScoringModel model) throws IOException {
    json.writeStartObject();
    json.writeStringField("format", FORMAT);
    json.writeNumberField("formatVersion", VERSION);
    json.writeStringField("task", name(model.task()));
    json.writeStringField("algorithm", model.algorithm());
    json.writeStringField("label", model.label());
    json.writeArrayFieldStart("features");
    for (String feature : model.features()) {
      json.writeString(feature);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("predictor");
    writePredictor(json, model.predictor());
    json.writeEndObject();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private static void writePredictor(JsonGenerator json, Predictor predictor) throws IOException {
    if (predictor instanceof LogisticRegression logistic) {
      writeLinear(json, "logistic_regression", logistic.coefficients(), logistic.intercept());
    } else if (predictor instanceof LinearRegression linear) {
      writeLinear(json, "linear_regression", linear.coefficients(), linear.intercept());
    } else if (predictor instanceof DecisionTree tree) {
      json.writeStringField("type", "decision_tree");
      writeTree(json, tree);
    } else if (predictor instanceof TreeEnsemble ensemble) {
      writeEnsemble(json, ensemble);
    }
  }

  private static void writeLinear(
      JsonGenerator json, String type, double[] coefficients, double intercept) throws IOException {
    json.writeStringField("type", type);
    writeDoubles(json, "coefficients", coefficients);
    json.writeNumberField("intercept", intercept);
  }

  private static void writeEnsemble(JsonGenerator json, TreeEnsemble ensemble) throws IOException {
    json.writeStringField("type", "tree_ensemble");
    json.writeStringField("combination", name(ensemble.combination()));
    writeDoubles(json, "weights", ensemble.weights());
    json.writeArrayFieldStart("trees");
    for (DecisionTree tree : ensemble.trees()) {
      json.writeStartObject();
      writeTree(json, tree);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeTree(JsonGenerator json, DecisionTree tree) throws IOException {
    writeInts(json, "feature", tree.feature());
    writeDoubles(json, "threshold", tree.threshold());
    writeInts(json, "left", tree.left());
    writeInts(json, "right", tree.right());
    writeDoubles(json, "value", tree.value());
  }

  private static void writeDoubles(JsonGenerator json, String field, double[] numbers)
      throws IOException {
    json.writeFieldName(field);
    json.writeArray(numbers, 0, numbers.length);
  }

  private static void writeInts(JsonGenerator json, String field, int[] numbers)
      throws IOException {
    json.writeFieldName(field);
    json.writeArray(numbers, 0, numbers.length);
  }

  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
