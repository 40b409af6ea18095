package dev.airlock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "event", description = "Tells of an event, for the stages that wait for it.")
final class EventCommand extends Subcommand {

  @Parameters(paramLabel = "NAME")
  String name = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The same key told twice counts once; the moment, unless said otherwise.")
  @Nullable String key;

  @Option(names = "--payload", paramLabel = "JSON", description = "What it brings.")
  @Nullable String payload;

  @Option(names = "--at", paramLabel = "TIME", description = "When it happened; now by default.")
  @Nullable String at;

  @Option(names = "--json", description = "Prints the server's answer as JSON.")
  boolean json;

  @Override
  void run() {
    Map<String, Object> news = new LinkedHashMap<>();
    news.put("key", key == null ? Instant.now().toString() : key);
    if (payload != null) {
      news.put("payload", read(payload));
    }
    if (at != null) {
      news.put("at", at);
    }
    JsonNode told = api().post("/events/" + Api.encoded(name), news);
    print(json ? told.toPrettyString() : words(told));
  }

  private String words(JsonNode told) {
    String what = "Event %s, key %s,".formatted(name, told.path("key").asText());
    if (!told.path("isNew").asBoolean()) {
      return what + " was told before: nothing has changed.";
    }
    int runs = told.path("runs").size();
    if (runs == 0) {
      return what
          + " is recorded. No run waits for it now; one that waits later may still take it.";
    }
    StringBuilder ids = new StringBuilder();
    told.path("runs").forEach(run -> ids.append(ids.isEmpty() ? "" : ", ").append(run.asText()));
    return "%s is recorded and goes to run%s %s.".formatted(what, runs == 1 ? "" : "s", ids);
  }

  private static JsonNode read(String text) {
    try {
      return Api.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw CommandException.wrongUse(
          "--payload is no JSON: %s. Text needs quotes of its own: --payload '\"done\"'."
              .formatted(e.getOriginalMessage()));
    }
  }
}
