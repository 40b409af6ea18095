package dev.airlock.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A value in a JSON file that knows its path, so that each complaint can name it. */
record JsonPlace(String path, JsonNode node) {
  private static final String REMEDY =
      "; the file was changed or is no Airlock model: fetch it again or train the model again";

  JsonPlace field(String name) {
    if (!node.isObject()) {
      throw expected("an object");
    }
    String child = path.isEmpty() ? name : path + "." + name;
    JsonNode value = node.get(name);
    if (value == null) {
      throw new InvalidModelException(child, "the field is missing" + REMEDY);
    }
    return new JsonPlace(child, value);
  }

  void requireOnly(String... names) {
    List<String> known = List.of(names);
    for (String name : (Iterable<String>) node::fieldNames) {
      if (!known.contains(name)) {
        throw field(name)
            .complaint("the field is unknown, expected only " + String.join(", ", names));
      }
    }
  }

  List<JsonPlace> elements() {
    if (!node.isArray()) {
      throw expected("an array");
    }
    return IntStream.range(0, node.size())
        .mapToObj(i -> new JsonPlace(path + "[" + i + "]", Objects.requireNonNull(node.get(i))))
        .toList();
  }

  double[] numbers() {
    return elements().stream().mapToDouble(JsonPlace::number).toArray();
  }

  int[] integers() {
    return elements().stream().mapToInt(JsonPlace::integer).toArray();
  }

  double number() {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw expected("a number that a double can hold");
    }
    return node.doubleValue();
  }

  int integer() {
    if (!node.isInt()) {
      throw expected("a whole number");
    }
    return node.intValue();
  }

  String text() {
    if (!node.isTextual()) {
      throw expected("text");
    }
    return node.textValue();
  }

  <E extends Enum<E>> E constant(E[] constants) {
    String name = text();
    return Arrays.stream(constants)
        .filter(constant -> ModelWriter.name(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                expected(
                    Arrays.stream(constants)
                        .map(ModelWriter::name)
                        .collect(Collectors.joining(" or "))));
  }

  InvalidModelException expected(String what) {
    String text = node.toString();
    String excerpt = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return complaint(
        "expected %s, got %s".formatted(what, excerpt.isEmpty() ? "nothing" : excerpt));
  }

  InvalidModelException broken(IllegalArgumentException cause) {
    return new InvalidModelException(shown(), cause.getMessage() + REMEDY, cause);
  }

  private InvalidModelException complaint(String what) {
    return new InvalidModelException(shown(), what + REMEDY);
  }

  private String shown() {
    return path.isEmpty() ? "the top level" : path;
  }
}
