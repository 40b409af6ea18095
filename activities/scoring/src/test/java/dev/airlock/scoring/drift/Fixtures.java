package dev.airlock.scoring.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** Numbers of SciPy and NumPy, made by src/test/python/drift_fixtures.py. */
public final class Fixtures {
  private Fixtures() {}

  public static JsonNode read() {
    try (InputStream file = Fixtures.class.getResourceAsStream("drift-fixtures.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(file));
    } catch (IOException e) {
      throw new IllegalStateException("The fixture can't be read", e);
    }
  }

  public static double[] numbers(JsonNode node, String name) {
    return StreamSupport.stream(node.path(name).spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }
}
