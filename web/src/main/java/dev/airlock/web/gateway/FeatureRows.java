package dev.airlock.web.gateway;

import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a request in the order of a model's features, or everything that is wrong with them.
 *
 * @param entities whose row each is; null where the request does not say
 */
record FeatureRows(List<double[]> vectors, @Nullable Tensor entities) {
  private static final int MOST_FAULTS = 100;
  private static final Set<String> NUMERIC =
      Set.of(
          "FP64", "FP32", "FP16", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16",
          "UINT8", "BOOL");

  static FeatureRows of(InferRequest request, List<String> features) {
    return new Check(request, features).rows();
  }

  String entity(int row) {
    return entities == null ? "" : entities.text(row);
  }

  boolean hasEntities() {
    return entities != null;
  }

  /** One look over a request that collects its faults. */
  private static final class Check {
    private final InferRequest request;
    private final List<String> features;
    private final Map<String, Tensor> byName = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private @Nullable Tensor entities;

    Check(InferRequest request, List<String> features) {
      this.request = request;
      this.features = features;
    }

    FeatureRows rows() {
      if (request.inputs().isEmpty()) {
        throw refused("the request has no inputs");
      }
      int rows = request.inputs().get(0).length();
      request.inputs().forEach(input -> take(input, rows));
      features.stream()
          .filter(feature -> !byName.containsKey(feature))
          .forEach(feature -> fault(feature, "missing; send a tensor of this name"));
      requireEntity();
      List<double[]> vectors = faults.isEmpty() ? vectors(rows) : List.of();
      if (!faults.isEmpty()) {
        throw refused(
            faults.size() == 1
                ? faults.get(0).at() + " " + faults.get(0).detail()
                : "%s %s, and %d more (see errors)"
                    .formatted(faults.get(0).at(), faults.get(0).detail(), faults.size() - 1));
      }
      return new FeatureRows(vectors, entities);
    }

    private void take(Tensor input, int rows) {
      checkShape(input, rows);
      if (features.contains(input.name())) {
        takeFeature(input);
      } else if (input.name().equals(request.entity())
          || (request.entity() == null && input.isText() && entities == null)) {
        entities = input;
      } else {
        fault(input.name(), unknown(input));
      }
    }

    private String unknown(Tensor input) {
      if (input.isText()) {
        return "is a second text input; name the one that says whose row it is in parameters.entity";
      }
      return input.shape().size() == 2 && input.shape().get(1) > 1
          ? "is a matrix; send one tensor a feature, each under the feature's name"
          : "unknown; leave it out";
    }

    private void takeFeature(Tensor input) {
      if (byName.put(input.name(), input) != null) {
        fault(input.name(), "was sent twice; send it once");
      }
      if (!NUMERIC.contains(input.datatype())) {
        fault(
            input.name(),
            "has datatype '%s'; expected one of FP64, FP32, INT64, INT32, BOOL"
                .formatted(input.datatype()));
      }
    }

    private void checkShape(Tensor input, int rows) {
      if (input.length() != rows) {
        fault(
            input.name(),
            "has %d values, but %s has %d; send one value a row"
                .formatted(input.length(), request.inputs().get(0).name(), rows));
        return;
      }
      long elements = input.shape().stream().reduce(1L, (a, b) -> a * b);
      if (!input.shape().isEmpty() && elements != input.length()) {
        fault(input.name(), "has shape %s, but %d values".formatted(input.shape(), input.length()));
      }
    }

    private void requireEntity() {
      if (request.entity() != null && entities == null) {
        fault(request.entity(), "is named in parameters.entity, but no such input was sent");
      }
    }

    private List<double[]> vectors(int rows) {
      double[][] vectors = new double[rows][features.size()];
      for (int f = 0; f < features.size(); f++) {
        Tensor input = byName.get(features.get(f));
        for (int row = 0; row < rows && input != null; row++) {
          double value = input.number(row);
          if (!Double.isFinite(value)) {
            fault(
                "%s, row %d".formatted(input.name(), row),
                "is %s; send a finite number".formatted(input.text(row)));
          }
          vectors[row][f] = value;
        }
      }
      if (rows == 0) {
        fault("inputs", "have no rows; send at least one");
      }
      return List.of(vectors);
    }

    private void fault(String at, String detail) {
      if (faults.size() < MOST_FAULTS) {
        faults.add(new Fault(at, detail));
      }
    }

    private ProblemException refused(String what) {
      return ProblemException.badRequest(
          "Nothing was scored: %s. The model takes exactly these %d features, each a tensor of its name with one finite number a row: %s."
              .formatted(what, features.size(), String.join(", ", features)),
          faults);
    }
  }
}
