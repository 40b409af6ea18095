package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One look of a monitor, to its end.
 *
 * @param monitor its number
 * @param check as it stands when it is done
 * @param measured the windows that it measured, oldest first
 */
record MonitorLook(long monitor, JsonNode check, List<JsonNode> measured) {

  /**
   * Asks for a look and waits for it.
   *
   * @param asOf the logical moment
   * @throws CommandException where it is not done in time
   */
  static MonitorLook of(Api api, long monitor, String asOf, Duration patience) {
    JsonNode asked = api.post("/monitors/" + monitor + "/checks", Map.of("asOf", asOf));
    long id = asked.path("id").asLong();
    JsonNode check =
        Poll.until(
            patience,
            () -> api.get("/monitors/" + monitor + "/checks/" + id),
            found -> ListCommand.word(found, "state").equals("done"));
    if (!ListCommand.word(check, "state").equals("done")) {
      throw CommandException.failed(
          "Check %d of monitor %d, as of %s, is still %s after %d s. See %s, and the worker's log."
              .formatted(
                  id,
                  monitor,
                  asOf,
                  ListCommand.word(check, "state"),
                  patience.toSeconds(),
                  api.url().resolve("/api/v1/monitors/" + monitor)));
    }
    List<JsonNode> measured = new ArrayList<>();
    for (JsonNode window : api.get("/monitors/" + monitor).path("windows")) {
      if (window.path("checkId").asLong() == id) {
        measured.add(window);
      }
    }
    return new MonitorLook(monitor, check, measured);
  }

  /** A window's figures in one line, or that there was too little to say anything. */
  static String figures(JsonNode window) {
    if (!window.path("sufficient").asBoolean()) {
      return "insufficient data";
    }
    StringJoiner words = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> figure : window.path("figures").properties()) {
      words.add("%s %s".formatted(figure.getKey(), number(figure.getValue().asDouble())));
    }
    return words.toString();
  }

  /** A number as people write it: counts whole, the rest to three places. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? "%,d".formatted((long) value)
        : "%.3f".formatted(value);
  }
}
