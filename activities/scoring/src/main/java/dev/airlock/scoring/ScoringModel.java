package dev.airlock.scoring;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trained model that scores without Spark: the artifact that a run produces, an approval names by
 * digest, and the gateway loads.
 *
 * <p>Immutable and safe to share between threads. {@link #write} always gives the same bytes for
 * the same model, so their SHA-256 identifies it. Scores equal those of the Spark MLlib model it
 * was made from to 1e-9.
 *
 * @param task what the score means
 * @param algorithm the name of the learning algorithm, for people, such as {@code
 *     logistic_regression}
 * @param label the name of the column that the model learnt to predict
 * @param features the names of the inputs, in the order of the vector that {@link #score(double[])}
 *     takes
 * @param predictor the arithmetic
 */
public record ScoringModel(
    Task task, String algorithm, String label, List<String> features, Predictor predictor) {

  /**
   * @throws IllegalArgumentException if a name is blank, a feature is named twice or is the label,
   *     the predictor reads another number of features, or doesn't answer the task
   */
  public ScoringModel {
    features = List.copyOf(features);
    requireName("algorithm", algorithm);
    requireName("label", label);
    requireNames(features, label);
    requireWidth(features, predictor);
    if (!predictor.tasks().contains(task)) {
      throw new IllegalArgumentException(
          "the predictor %s answers %s, not %s"
              .formatted(predictor.getClass().getSimpleName(), predictor.tasks(), task));
    }
  }

  /**
   * Reads what {@link #write} wrote; the stream is read to its end and left open.
   *
   * @throws InvalidModelException if the bytes are no model of a format version known here, naming
   *     the place
   * @throws IOException if the stream can't be read
   */
  public static ScoringModel read(InputStream stream) throws IOException {
    return read(stream.readAllBytes());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws InvalidModelException if the bytes are no model of a format version known here, naming
   *     the place
   */
  public static ScoringModel read(byte[] bytes) {
    return ModelReader.read(bytes);
  }

  /**
   * The model as canonical JSON in UTF-8: fields in a fixed order, no spaces, one line, each double
   * as the shortest decimal that reads back as the same double.
   */
  public byte[] write() {
    return ModelWriter.write(this);
  }

  /**
   * Scores one row without allocating.
   *
   * @param vector finite numbers in the order of {@link #features}
   * @return the probability of class 1, or the predicted number
   * @throws InvalidFeaturesException if the vector has another length, or a number is NaN or
   *     infinite
   * @throws ArithmeticException if the features are so large that the arithmetic overflows
   */
  public double score(double[] vector) {
    if (vector.length != features.size() || !allFinite(vector)) {
      throw FeatureCheck.refuse(features, vector);
    }
    double score = predictor.predict(vector);
    if (!Double.isFinite(score)) {
      throw new ArithmeticException(
          "The features are so large that the score overflows to %s: check their units"
              .formatted(score));
    }
    return score;
  }

  /**
   * Scores one row given by name.
   *
   * @param row a {@link Number} for each of {@link #features}, and nothing else
   * @return the probability of class 1, or the predicted number
   * @throws InvalidFeaturesException naming every missing, unknown or non-numeric feature at once
   * @throws ArithmeticException if the features are so large that the arithmetic overflows
   */
  public double score(Map<String, ?> row) {
    return score(vector(row));
  }

  /**
   * Puts a row given by name into the order of {@link #features}.
   *
   * @param row a {@link Number} for each of {@link #features}, and nothing else
   * @throws InvalidFeaturesException naming every missing, unknown or non-numeric feature at once
   */
  public double[] vector(Map<String, ?> row) {
    return FeatureCheck.vector(features, row);
  }

  /** Models are equal when they write the same bytes. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScoringModel model && Arrays.equals(write(), model.write());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(write());
  }

  private static boolean allFinite(double[] vector) {
    for (double number : vector) {
      if (!Double.isFinite(number)) {
        return false;
      }
    }
    return true;
  }

  private static void requireName(String what, String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(what + " is blank, expected a name");
    }
  }

  private static void requireNames(List<String> features, String label) {
    Set<String> seen = new HashSet<>();
    for (String feature : features) {
      requireName("a feature", feature);
      if (!seen.add(feature)) {
        throw new IllegalArgumentException(
            "feature %s is named twice, expected distinct names".formatted(feature));
      }
    }
    if (seen.contains(label)) {
      throw new IllegalArgumentException(
          "feature %s is the label itself; a model must not be given what it predicts"
              .formatted(label));
    }
  }

  private static void requireWidth(List<String> features, Predictor predictor) {
    boolean everyFeature =
        predictor instanceof LinearRegression || predictor instanceof LogisticRegression;
    int width = predictor.width();
    if (everyFeature ? width != features.size() : width > features.size()) {
      throw new IllegalArgumentException(
          "the predictor reads %d features, but %d are named".formatted(width, features.size()));
    }
  }
}
