package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints what the stages of a run have said.")
final class LogsCommand extends Subcommand {

  private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled");
  private static final long PAUSE_MILLIS = 500;
  private static final int AT_ONCE = 500;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  @Parameters(index = "0", paramLabel = "RUN")
  long run;

  @Parameters(index = "1", paramLabel = "STAGE", arity = "0..1")
  @Nullable String stage;

  @Option(names = "--attempt", paramLabel = "N", description = "Only this attempt.")
  @Nullable Integer attempt;

  @Option(names = "--item", paramLabel = "N", description = "Only this item of the map, from 0.")
  @Nullable Integer item;

  @Option(names = "--grep", paramLabel = "TEXT", description = "Only lines that hold this.")
  @Nullable String text;

  @Option(names = "--follow", description = "Goes on until the run has ended.")
  boolean follow;

  /** How much of each attempt was printed, by stage and attempt. */
  private final Map<String, Integer> printed = new HashMap<>();

  /** The attempt of each stage that was printed last: it may have said more before the next. */
  private final Map<String, Integer> last = new HashMap<>();

  @Override
  void run() {
    if (item != null && (stage == null || follow)) {
      throw CommandException.wrongUse(
          "--item takes the map's stage beside the run, and no --follow.");
    }
    Api api = api();
    if (follow) {
      follow(api);
      return;
    }
    boolean isFound = false;
    for (JsonNode each : api.get("/runs/" + run).path("stages")) {
      String name = each.path("name").asText();
      if (stage == null || stage.equals(name)) {
        isFound = true;
        show(api, name, each);
      }
    }
    if (!isFound) {
      throw CommandException.failed("Run " + run + " has no stage '" + stage + "'.");
    }
  }

  private void show(Api api, String name, JsonNode each) {
    boolean hasBegun = each.hasNonNull("startedAt") || each.path("attempt").asInt() > 0;
    if (!hasBegun && stage == null) {
      return;
    }
    String said = api.text(path(name) + query()).strip();
    boolean isSilent = said.isEmpty() || said.startsWith("No attempt has begun");
    if (isSilent && !each.hasNonNull("error") && stage == null) {
      return;
    }
    print(terminal().bold(name + "  " + ListCommand.word(each, "state")));
    if (!said.isEmpty()) {
      print(said);
    }
    if (each.hasNonNull("error")) {
      print(terminal().bad(RunView.reason(each)));
    }
  }

  private String path(String name) {
    return "/runs/" + run + "/stages/" + Api.encoded(name) + "/logs";
  }

  private String query() {
    String query = "";
    if (attempt != null) {
      query += "&attempt=" + attempt;
    }
    if (item != null) {
      query += "&item=" + item;
    }
    if (text != null) {
      query += "&q=" + Api.encoded(text);
    }
    return query.isEmpty() ? "" : "?" + query.substring(1);
  }

  /**
   * Prints what is new, again and again; the run is asked first, so that nothing is missing.
   * Workers keep the last words a moment after the end, so there is a round more.
   */
  private void follow(Api api) {
    boolean hasEnded = false;
    while (true) {
      JsonNode now = api.get("/runs/" + run);
      for (JsonNode each : now.path("stages")) {
        String name = each.path("name").asText();
        boolean isWanted = stage == null || stage.equals(name);
        if (isWanted && (each.hasNonNull("startedAt") || each.path("attempt").asInt() > 0)) {
          printNewest(api, name, Math.max(1, each.path("attempt").asInt()));
        }
      }
      if (hasEnded) {
        return;
      }
      hasEnded = FINAL.contains(ListCommand.word(now, "state"));
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void printNewest(Api api, String name, int newest) {
    if (attempt != null) {
      printNew(api, name, attempt);
      return;
    }
    for (int each = last.getOrDefault(name, newest); each <= newest; each++) {
      printNew(api, name, each);
    }
    last.put(name, newest);
  }

  private void printNew(Api api, String name, int wanted) {
    String key = name + "/" + wanted;
    int lines;
    do {
      String query =
          "?attempt=%d&after=%d&limit=%d".formatted(wanted, printed.getOrDefault(key, 0), AT_ONCE)
              + (text == null ? "" : "&q=" + Api.encoded(text));
      JsonNode items = api.get(path(name) + query).path("items");
      lines = items.size();
      for (JsonNode line : items) {
        print(
            "%s %-5s %s  %s"
                .formatted(
                    TIME.format(Instant.parse(line.path("at").asText())),
                    line.path("level").asText(),
                    terminal().bold(name),
                    line.path("text").asText()));
        printed.put(key, line.path("number").asInt());
      }
    } while (lines == AT_ONCE);
  }
}
