package dev.airlock.web.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.workflows.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a task of one's own has given, as JSON.
 *
 * @param text indented; cut where it is very long
 * @param whole where all of it is; null where nothing was cut
 * @param folded whether it is too long to stand open
 * @param size in words
 */
public record TaskValue(String text, @Nullable String whole, boolean folded, String size) {

  private static final ObjectMapper MAPPER = Json.mapper();
  private static final int FOLDED_LINES = 12;
  private static final int LONGEST = 100_000;

  /**
   * Null where nothing was given.
   *
   * @param whole where all of it is, for a value that is cut
   */
  static @Nullable TaskValue of(Optional<String> given, String whole) {
    String json = given.orElse("null");
    if (json.equals("null")) {
      return null;
    }
    String text = indented(json);
    long lines = text.lines().count();
    return new TaskValue(
        text.length() > LONGEST ? text.substring(0, LONGEST) + "\n…" : text,
        text.length() > LONGEST ? whole : null,
        lines > FOLDED_LINES || text.length() > 2_000,
        "%s, %s"
            .formatted(
                Words.counted(lines, "line", "lines"),
                Words.counted(json.length(), "character", "characters")));
  }

  private static String indented(String json) {
    try {
      return MAPPER
          .writerWithDefaultPrettyPrinter()
          .writeValueAsString(MAPPER.readValue(json, JsonNode.class));
    } catch (JsonProcessingException e) {
      return json;
    }
  }
}
