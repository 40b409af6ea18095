package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Compares with numbers of scikit-learn, made by make_sklearn_fixture.py beside the file. */
class ScikitLearnMetricsTest {
  private final JsonNode fixture = read();

  @Test
  void shouldAgreeOnClasses() {
    JsonNode rows = fixture.path("binary");
    BinaryEvaluation ours =
        BinaryMetrics.evaluate(numbers(rows, "scores"), numbers(rows, "labels"));
    assertEquals(rows.path("auc").asDouble(), ours.auc(), 1e-12);
    assertEquals(rows.path("prAuc").asDouble(), ours.prAuc(), 1e-12);
    assertEquals(rows.path("logLoss").asDouble(), ours.logLoss(), 1e-12);
    assertEquals(rows.path("brier").asDouble(), ours.brier(), 1e-12);
  }

  @Test
  void shouldAgreeOnNumbers() {
    JsonNode rows = fixture.path("regression");
    RegressionEvaluation ours =
        RegressionMetrics.evaluate(numbers(rows, "scores"), numbers(rows, "labels"));
    assertEquals(rows.path("rmse").asDouble(), ours.rmse(), 1e-12);
    assertEquals(rows.path("mae").asDouble(), ours.mae(), 1e-12);
    assertEquals(rows.path("r2").asDouble(), ours.r2(), 1e-12);
  }

  private static double[] numbers(JsonNode rows, String name) {
    return StreamSupport.stream(rows.path(name).spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static JsonNode read() {
    try (InputStream file = ScoringModelTest.resource("sklearn-metrics.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new IllegalStateException("The fixture can't be read", e);
    }
  }
}
