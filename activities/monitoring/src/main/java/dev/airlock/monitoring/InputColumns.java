package dev.airlock.monitoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.airlock.store.Monitors;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Takes predictions one by one and keeps their numbers, column by column: nothing of a row's JSON
 * outlives the row. What is no finite number counts as missing.
 */
final class InputColumns implements Consumer<Monitors.Row> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Numbers> features = new LinkedHashMap<>();
  private final Numbers scores = new Numbers();

  InputColumns(Collection<String> names) {
    names.forEach(name -> features.put(name, new Numbers()));
  }

  @Override
  public void accept(Monitors.Row row) {
    scores.add(row.score());
    try (JsonParser parser = JSON.createParser(row.inputs())) {
      read(parser);
    } catch (IOException e) {
      throw new IllegalStateException(
          "The inputs of a stored prediction are no JSON: expected an object of features", e);
    }
  }

  private void read(JsonParser parser) throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Numbers column = features.get(parser.currentName());
      JsonToken value = parser.nextToken();
      if (column != null && value.isNumeric() && Double.isFinite(parser.getDoubleValue())) {
        column.add(parser.getDoubleValue());
      } else {
        parser.skipChildren();
      }
    }
  }

  double[] scores() {
    return scores.toArray();
  }

  double[] feature(String name) {
    Numbers column = features.get(name);
    if (column == null) {
      throw new IllegalArgumentException("No column " + name);
    }
    return column.toArray();
  }
}
