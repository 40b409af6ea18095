package dev.airlock.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the scores of Spark MLlib itself, made by make_spark_fixture.py. */
class SparkParityTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Arguments> models() throws IOException {
    try (InputStream file = ScoringModelTest.resource("spark-models.json")) {
      JsonNode fixture = JSON.readTree(file);
      double[][] rows =
          elements(fixture.path("rows")).map(SparkParityTest::numbers).toArray(double[][]::new);
      return elements(fixture.path("models"))
          .map(
              entry ->
                  arguments(
                      entry.path("model").path("algorithm").textValue(),
                      entry.path("model"),
                      rows,
                      numbers(entry.path("scores"))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void shouldScoreAsSparkDoes(String algorithm, JsonNode file, double[][] rows, double[] scores)
      throws IOException {
    ScoringModel model = ScoringModel.read(JSON.writeValueAsBytes(file));
    assertTrue(
        Arrays.stream(scores).distinct().count() > 5, "the rows tell the model's answers apart");
    for (int i = 0; i < rows.length; i++) {
      assertEquals(scores[i], model.score(rows[i]), 1e-9, algorithm + ", row " + i);
    }
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static double[] numbers(JsonNode array) {
    return elements(array).mapToDouble(JsonNode::doubleValue).toArray();
  }
}
