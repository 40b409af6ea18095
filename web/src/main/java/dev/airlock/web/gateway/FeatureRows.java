package dev.airlock.web.gateway;

import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a request in the order of the features of those who may answer it, or everything that
 * is wrong with them.
 *
 * @param vectors for the live version
 * @param candidateVectors for the candidate; null where the request lacks a feature of its
 * @param entities whose row each is; null where the request does not say
 * @param ids of the predictions, as the request names them; null where it does not
 */
record FeatureRows(
    List<double[]> vectors,
    @Nullable List<double[]> candidateVectors,
    @Nullable Tensor entities,
    @Nullable List<UUID> ids) {
  /** The input that names predictions. */
  static final String ID = "prediction_id";

  private static final int MOST_FAULTS = 100;
  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final Set<String> NUMERIC =
      Set.of(
          "FP64", "FP32", "FP16", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16",
          "UINT8", "BOOL");

  /**
   * Reads the rows.
   *
   * @throws ProblemException 400 with every fault
   */
  static FeatureRows of(InferRequest request, LiveModel model) {
    return new Check(request, model.model().features(), model.candidateFeatures()).rows();
  }

  int count() {
    return vectors.size();
  }

  double[] vector(int row) {
    return vectors.get(row);
  }

  double @Nullable [] candidateVector(int row) {
    return candidateVectors == null ? null : candidateVectors.get(row);
  }

  /** Whose row it is, or null where the request does not say. */
  @Nullable String customer(int row) {
    return entities == null || entities.isNull(row) ? null : entities.text(row);
  }

  /** The prediction's id: the caller's, else a new one. */
  UUID id(int row) {
    return ids == null ? UUID.randomUUID() : ids.get(row);
  }

  /** One look over a request that collects its faults. */
  private static final class Check {
    private final InferRequest request;
    private final List<String> features;
    private final List<String> candidateFeatures;
    private final Map<String, Tensor> byName = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private @Nullable Tensor entities;
    private @Nullable Tensor named;

    Check(InferRequest request, List<String> features, List<String> candidateFeatures) {
      this.request = request;
      this.features = features;
      this.candidateFeatures = candidateFeatures;
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
      List<double[]> vectors = faults.isEmpty() ? vectors(features, rows) : List.of();
      List<double[]> candidateVectors = faults.isEmpty() ? candidateVectors(vectors, rows) : null;
      List<UUID> ids = faults.isEmpty() ? ids(rows) : null;
      if (!faults.isEmpty()) {
        throw refused(
            faults.size() == 1
                ? faults.get(0).at() + " " + faults.get(0).detail()
                : "%s %s, and %d more (see errors)"
                    .formatted(faults.get(0).at(), faults.get(0).detail(), faults.size() - 1));
      }
      return new FeatureRows(vectors, candidateVectors, entities, ids);
    }

    private void take(Tensor input, int rows) {
      checkShape(input, rows);
      if (features.contains(input.name()) || candidateFeatures.contains(input.name())) {
        takeFeature(input);
      } else if (input.name().equals(ID)) {
        takeIds(input);
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

    private void takeIds(Tensor input) {
      if (named != null) {
        fault(ID, "was sent twice; send it once");
      }
      if (!input.isText()) {
        fault(ID, "has datatype '%s'; expected BYTES".formatted(input.datatype()));
      }
      named = input;
    }

    /** Two predictions of one id would be stored, and counted, as one. */
    private @Nullable List<UUID> ids(int rows) {
      Tensor input = named;
      if (input == null) {
        return null;
      }
      Set<UUID> ids = new HashSet<>();
      List<UUID> inOrder = new ArrayList<>(rows);
      for (int row = 0; row < rows; row++) {
        UUID id = uuid(input, row);
        if (id != null && !ids.add(id)) {
          fault(
              "%s, row %d".formatted(ID, row),
              "is %s, as an earlier row's; send a UUID of its own for each row".formatted(id));
        } else if (id != null) {
          inOrder.add(id);
        }
      }
      return inOrder;
    }

    private @Nullable UUID uuid(Tensor input, int row) {
      String text = input.text(row);
      if (input.isNull(row) || !UUID_FORM.matcher(text).matches()) {
        fault(
            "%s, row %d".formatted(ID, row),
            "is '%s'; send a UUID, such as 8c1f7e0a-52f4-4a55-9b0e-3c1d2e4f5a6b".formatted(text));
        return null;
      }
      return UUID.fromString(text);
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

    private @Nullable List<double[]> candidateVectors(List<double[]> vectors, int rows) {
      if (candidateFeatures.equals(features)) {
        return vectors;
      }
      return byName.keySet().containsAll(candidateFeatures)
          ? vectors(candidateFeatures, rows)
          : null;
    }

    private List<double[]> vectors(List<String> columns, int rows) {
      double[][] vectors = new double[rows][columns.size()];
      for (int f = 0; f < columns.size(); f++) {
        Tensor input = byName.get(columns.get(f));
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
