package dev.airlock.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Bodies that are nearly what the description asks for, and bodies that are nothing of the kind.
 */
final class OddJson {
  private static final int DEEPEST = 6;

  private final RandomGenerator random;
  private final OddText text;
  private final JsonNode document;

  OddJson(RandomGenerator random, OddText text, JsonNode document) {
    this.random = random;
    this.text = text;
    this.document = document;
  }

  /** A body for a schema of the description; broken in one of many ways, or not at all. */
  byte[] body(JsonNode schema) {
    return switch (random.nextInt(24)) {
      case 0 -> new byte[0];
      case 1 -> truncated(value(schema, 0));
      case 2 -> utf8(value(schema, 0) + text.any());
      case 3 -> utf8("[".repeat(1 + random.nextInt(3_000)));
      case 4 -> utf8("{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000));
      case 5 -> random(1 + random.nextInt(200));
      case 6 -> value(schema, 0).getBytes(StandardCharsets.UTF_16);
      case 7 -> utf8("\uFEFF" + value(schema, 0));
      case 8 -> utf8("\"" + "é".repeat(1 + random.nextInt(100_000)) + "\"");
      case 9 -> utf8("-" + "9".repeat(1 + random.nextInt(5_000)));
      case 10 -> utf8(oddValue());
      case 11 -> broken(value(schema, 0));
      default -> utf8(value(schema, 0));
    };
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] truncated(String json) {
    byte[] whole = utf8(json);
    return java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
  }

  private byte[] broken(String json) {
    byte[] whole = utf8(json);
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
    }
    return whole;
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A value that the schema describes, with something odd now and then. */
  private String value(JsonNode schema, int depth) {
    JsonNode known =
        schema.has("$ref") ? document.at(schema.path("$ref").asText().substring(1)) : schema;
    if (random.nextInt(8) == 0 || depth > DEEPEST) {
      return oddValue();
    }
    if (known.has("enum")) {
      return known.path("enum").path(random.nextInt(known.path("enum").size())).toString();
    }
    if (known.has("oneOf")) {
      return value(known.path("oneOf").path(random.nextInt(known.path("oneOf").size())), depth + 1);
    }
    JsonNode type = known.path("type");
    String word = type.isArray() ? type.path(random.nextInt(type.size())).asText() : type.asText();
    return switch (word) {
      case "object" -> object(known, depth);
      case "array" -> array(known, depth);
      case "integer" -> Integer.toString(random.nextInt(-2, 20));
      case "number" -> Double.toString(random.nextDouble());
      case "boolean" -> Boolean.toString(random.nextBoolean());
      case "null" -> "null";
      default -> text(known);
    };
  }

  private String text(JsonNode schema) {
    return switch (schema.path("format").asText()) {
      case "uuid" -> "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"";
      case "date-time" -> "\"1998-01-31T00:00:00Z\"";
      default -> random.nextInt(3) == 0 ? text.json() : "\"some text\"";
    };
  }

  private String object(JsonNode schema, int depth) {
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (random.nextInt(7) > 0) {
        fields.add("\"" + property.getKey() + "\":" + value(property.getValue(), depth + 1));
      }
      if (random.nextInt(20) == 0) {
        fields.add("\"" + property.getKey() + "\":" + oddValue());
      }
    }
    if (schema.has("additionalProperties") || random.nextInt(10) == 0) {
      fields.add(text.json() + ":" + oddValue());
    }
    return "{" + String.join(",", fields) + "}";
  }

  private String array(JsonNode schema, int depth) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(value(schema.path("items"), depth + 1));
    }
    return "[" + String.join(",", items) + "]";
  }

  private String oddValue() {
    return switch (random.nextInt(12)) {
      case 0 -> "null";
      case 1 -> "[]";
      case 2 -> "{}";
      case 3 -> "[null]";
      case 4 -> "true";
      case 5 -> text.number();
      case 6 -> "{\"" + "x".repeat(random.nextInt(50)) + "\":" + text.number() + "}";
      case 7 -> "[[[[]]],{},\"\"]";
      default -> text.json();
    };
  }
}
