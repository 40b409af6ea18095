package dev.airlock.web.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput;
import org.jspecify.annotations.Nullable;

/**
 * What a task of one's own has given, as JSON.
 *
 * @param text indented; cut where it is very long
 * @param folded whether it is too long to stand open
 * @param size in words
 */
public record TaskValue(String text, boolean folded, String size) {

  private static final ObjectMapper MAPPER = Json.mapper();
  private static final int FOLDED_LINES = 12;
  private static final int LONGEST = 100_000;

  static @Nullable TaskValue of(@Nullable StageOutput output) {
    if (!(output instanceof StageOutput.TaskResult result)) {
      return null;
    }
    String json = result.json();
    if (json == null || json.equals("null")) {
      return null;
    }
    String text = indented(json);
    long lines = text.lines().count();
    return new TaskValue(
        text.length() > LONGEST ? text.substring(0, LONGEST) + "\n… (REST gives all of it)" : text,
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
