package dev.airlock.web.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One field of what a row of the audit says was before and is now.
 *
 * @param name a path such as {@code params.horizon-days}; empty where the whole is one value
 * @param before null where there was none, or where nobody noted it
 * @param after null where there is none any more
 */
public record Changed(String name, @Nullable Value before, @Nullable Value after) {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * What a field holds.
   *
   * @param shown the text; a digest's ends
   * @param whole the same, in full
   */
  public record Value(String shown, String whole) {
    private static Value of(JsonNode node) {
      String text = node.isTextual() ? node.asText() : node.toString();
      return new Value(DIGEST.matcher(text).matches() ? Words.digest(text) : text, text);
    }
  }

  /** The fields that differ, by name. What is no JSON is one value. */
  static List<Changed> between(@Nullable String before, @Nullable String after) {
    Map<String, Value> was = fields(before);
    Map<String, Value> is = fields(after);
    Set<String> names = new LinkedHashSet<>(is.keySet());
    names.addAll(was.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(was.get(name), is.get(name)))
        .map(name -> new Changed(name, was.get(name), is.get(name)))
        .toList();
  }

  private static Map<String, Value> fields(@Nullable String json) {
    Map<String, Value> fields = new TreeMap<>();
    if (json != null) {
      try {
        collect("", Json.mapper().readTree(json), fields);
      } catch (JsonProcessingException e) {
        fields.put("", new Value(json, json));
      }
    }
    return fields;
  }

  private static void collect(String path, JsonNode node, Map<String, Value> fields) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(
              field ->
                  collect(
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      field.getValue(),
                      fields));
    } else if (!node.isEmpty() || node.isValueNode()) {
      fields.put(path, Value.of(node));
    }
  }
}
