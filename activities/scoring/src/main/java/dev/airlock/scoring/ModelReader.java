package dev.airlock.scoring;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/** Reads a model, and says where a file is broken. */
final class ModelReader {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ModelReader() {}

  static ScoringModel read(byte[] bytes) {
    JsonPlace file = new JsonPlace("", parse(bytes));
    requireVersion(file);
    file.requireOnly(
        "format", "formatVersion", "task", "algorithm", "label", "features", "predictor");
    Task task = file.field("task").constant(Task.values());
    String algorithm = file.field("algorithm").text();
    String label = file.field("label").text();
    List<String> features =
        file.field("features").elements().stream().map(JsonPlace::text).toList();
    Predictor predictor = predictor(file.field("predictor"));
    return built(file, () -> new ScoringModel(task, algorithm, label, features, predictor));
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String place =
          at == null
              ? "an unknown line"
              : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
      throw new InvalidModelException(
          place,
          "it is no valid JSON (%s); fetch the file again".formatted(e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("The model's bytes can't be read", e);
    }
  }

  /** Before all else: in a file of another version every other complaint would mislead. */
  private static void requireVersion(JsonPlace file) {
    String format = file.field("format").text();
    if (!format.equals(ModelWriter.FORMAT)) {
      throw file.field("format").expected("'" + ModelWriter.FORMAT + "'");
    }
    int version = file.field("formatVersion").integer();
    if (version != ModelWriter.VERSION) {
      throw new InvalidModelException(
          "formatVersion",
          "it is %d, but this Airlock reads version %d; use the Airlock that wrote the file, or train the model again"
              .formatted(version, ModelWriter.VERSION));
    }
  }

  private static Predictor predictor(JsonPlace place) {
    String type = place.field("type").text();
    return switch (type) {
      case "logistic_regression" -> {
        Linear linear = linear(place);
        yield built(place, () -> new LogisticRegression(linear.coefficients, linear.intercept));
      }
      case "linear_regression" -> {
        Linear linear = linear(place);
        yield built(place, () -> new LinearRegression(linear.coefficients, linear.intercept));
      }
      case "decision_tree" -> {
        place.requireOnly("type", "feature", "threshold", "left", "right", "value");
        yield tree(place);
      }
      case "tree_ensemble" -> ensemble(place);
      default ->
          throw place
              .field("type")
              .expected("logistic_regression, linear_regression, decision_tree or tree_ensemble");
    };
  }

  private static Linear linear(JsonPlace place) {
    place.requireOnly("type", "coefficients", "intercept");
    return new Linear(place.field("coefficients").numbers(), place.field("intercept").number());
  }

  private static TreeEnsemble ensemble(JsonPlace place) {
    place.requireOnly("type", "combination", "weights", "trees");
    TreeEnsemble.Combination combination =
        place.field("combination").constant(TreeEnsemble.Combination.values());
    double[] weights = place.field("weights").numbers();
    List<DecisionTree> trees =
        place.field("trees").elements().stream()
            .map(
                tree -> {
                  tree.requireOnly("feature", "threshold", "left", "right", "value");
                  return tree(tree);
                })
            .toList();
    return built(place, () -> new TreeEnsemble(combination, trees, weights));
  }

  private static DecisionTree tree(JsonPlace place) {
    int[] feature = place.field("feature").integers();
    double[] threshold = place.field("threshold").numbers();
    int[] left = place.field("left").integers();
    int[] right = place.field("right").integers();
    double[] value = place.field("value").numbers();
    return built(place, () -> new DecisionTree(feature, threshold, left, right, value));
  }

  private static <T> T built(JsonPlace place, Supplier<T> construction) {
    try {
      return construction.get();
    } catch (IllegalArgumentException e) {
      throw place.broken(e);
    }
  }

  private static final class Linear {
    final double[] coefficients;
    final double intercept;

    Linear(double[] coefficients, double intercept) {
      this.coefficients = coefficients;
      this.intercept = intercept;
    }
  }
}
