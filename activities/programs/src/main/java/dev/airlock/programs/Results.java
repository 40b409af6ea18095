package dev.airlock.programs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StorableText;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** Reads JSON that others have written as a type of the pipeline's, and says what is wrong. */
final class Results {

  /** The longest result, in bytes of JSON. */
  static final int MOST_BYTES = 1_000_000;

  private static final int LONGEST_SAMPLE = 80;
  private static final ObjectMapper MAPPER = Json.mapper();

  private Results() {}

  /**
   * The JSON as the type writes it.
   *
   * @param where the JSON came from, such as {@code $AIRLOCK_RESULT}
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#BAD_DATA} with one sentence
   *     that names the place, what was expected and what came
   */
  static TaskResult read(String json, Type type, String where) {
    JsonNode tree = tree(json, where);
    check(tree, type, where, "");
    try {
      Object value = MAPPER.readerFor(MAPPER.constructType(type)).readValue(tree);
      return kept(Json.write(value), where);
    } catch (JsonProcessingException e) {
      throw bad("%s is no %s: %s".formatted(where, words(type), e.getOriginalMessage()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * The result, unless it is too long or shows a secret.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#RESULT_TOO_LARGE} or {@link
   *     StageFailure#BAD_DATA} in that case
   */
  static TaskResult kept(String json, String where) {
    requireShort(json.getBytes(StandardCharsets.UTF_8).length, where);
    if (Mask.shows(json)) {
      throw bad(
          "%s holds the value of a secret, which would be kept with the run. Leave it out."
              .formatted(where));
    }
    return new TaskResult(StorableText.of(json));
  }

  /**
   * Refuses what is too long.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#RESULT_TOO_LARGE}
   */
  static void requireShort(long bytes, String where) {
    if (bytes > MOST_BYTES) {
      throw StageFailure.of(
          StageFailure.RESULT_TOO_LARGE,
          String.format(
              Locale.ROOT,
              "%s has %,d bytes; a result may have %,d. Write what is large somewhere, and give its"
                  + " name.",
              where,
              bytes,
              MOST_BYTES));
    }
  }

  private static JsonNode tree(String json, String where) {
    try {
      JsonNode tree = MAPPER.reader().readTree(json);
      if (tree.isMissingNode()) {
        throw bad(where + " is empty: expected JSON.");
      }
      return tree;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw bad(
          "%s is no JSON, in line %d: %s"
              .formatted(where, line, Mask.mask(e.getOriginalMessage())));
    }
  }

  private static void check(JsonNode node, Type type, String where, String path) {
    Class<?> raw = raw(type);
    if (raw == Optional.class) {
      if (!node.isNull() && !node.isMissingNode()) {
        check(node, argument(type, 0), where, path);
      }
    } else if (!fits(node, raw)) {
      throw bad(
          "%s: expected %s%s, but %s."
              .formatted(where, words(type), path.isEmpty() ? "" : " at " + path, came(node)));
    } else if (raw.isRecord()) {
      for (RecordComponent component : raw.getRecordComponents()) {
        String name = component.getName();
        check(
            node.path(name),
            component.getGenericType(),
            where,
            path.isEmpty() ? name : path + "." + name);
      }
    } else if (Collection.class.isAssignableFrom(raw)) {
      for (int i = 0; i < node.size(); i++) {
        check(node.get(i), argument(type, 0), where, path + "[" + i + "]");
      }
    } else if (Map.class.isAssignableFrom(raw)) {
      node.properties()
          .forEach(
              entry ->
                  check(entry.getValue(), argument(type, 1), where, path + "." + entry.getKey()));
    }
  }

  private static boolean fits(JsonNode node, Class<?> type) {
    if (type == Object.class) {
      return !node.isMissingNode();
    }
    if (type.isRecord() || Map.class.isAssignableFrom(type)) {
      return node.isObject();
    }
    if (Collection.class.isAssignableFrom(type)) {
      return node.isArray();
    }
    if (type == int.class || type == Integer.class) {
      return node.isIntegralNumber() && node.canConvertToInt();
    }
    if (type == long.class || type == Long.class) {
      return node.isIntegralNumber() && node.canConvertToLong();
    }
    if (type == double.class || type == Double.class || Number.class.isAssignableFrom(type)) {
      return node.isNumber();
    }
    if (type == boolean.class || type == Boolean.class) {
      return node.isBoolean();
    }
    if (type == String.class) {
      return node.isTextual();
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .anyMatch(constant -> ((Enum<?>) constant).name().equals(node.asText()));
    }
    return !node.isMissingNode() && !node.isNull();
  }

  /** What a type is for somebody who writes JSON by hand. */
  static String words(Type type) {
    Class<?> raw = raw(type);
    if (raw.isRecord()) {
      StringJoiner fields = new StringJoiner(", ", "an object {", "}");
      for (RecordComponent component : raw.getRecordComponents()) {
        fields.add(component.getName());
      }
      return fields.toString();
    }
    if (raw.isEnum()) {
      return "one of " + Arrays.toString(raw.getEnumConstants());
    }
    return switch (raw.getSimpleName()) {
      case "int", "Integer", "long", "Long" -> "a whole number";
      case "double", "Double", "float", "Float" -> "a number";
      case "boolean", "Boolean" -> "true or false";
      case "String" -> "a text";
      case "List", "Set" -> "a list";
      case "Map" -> "an object";
      case "LocalDate" -> "a date such as 1997-12-31";
      case "Instant" -> "a moment such as 1997-12-31T00:00:00Z";
      default -> "a " + raw.getSimpleName();
    };
  }

  private static String came(JsonNode node) {
    if (node.isMissingNode()) {
      return "nothing came";
    }
    String text = Mask.mask(node.toString());
    return "came "
        + (text.length() > LONGEST_SAMPLE ? text.substring(0, LONGEST_SAMPLE) + "…" : text);
  }

  private static Class<?> raw(Type type) {
    if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    return type instanceof Class<?> plain ? plain : Object.class;
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : Object.class;
  }

  private static RuntimeException bad(String sentence) {
    return StageFailure.of(StageFailure.BAD_DATA, sentence, List.of());
  }
}
