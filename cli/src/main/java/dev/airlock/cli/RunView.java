package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A run's stages as they come along: in place on a terminal, else a line for each change that
 * matters.
 */
final class RunView {

  private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled");
  private static final Set<String> UNTOLD = Set.of("pending", "queued");
  private static final Duration FOREVER = Duration.ofDays(365);

  private final Api api;
  private final Terminal terminal;
  private final boolean isSilent;
  private final Map<String, String> told = new HashMap<>();
  private int width;

  RunView(Api api, Terminal terminal, boolean isSilent) {
    this.api = api;
    this.terminal = terminal;
    this.isSilent = isSilent;
  }

  /** Follows a run to its end, and answers it as it stands then. */
  JsonNode follow(long id) {
    return followUntil(id, FINAL);
  }

  /** Follows a run until it is in one of these states. */
  JsonNode followUntil(long id, Set<String> states) {
    return followUntil(id, FOREVER, run -> states.contains(state(run)) || isOver(run));
  }

  /** Follows a run until it will do, or the time is up, and answers it as it stands then. */
  JsonNode followUntil(long id, Duration atMost, Predicate<JsonNode> isEnough) {
    return Poll.until(atMost, () -> look(id), isEnough);
  }

  private JsonNode look(long id) {
    JsonNode run = api.get("/runs/" + id);
    if (!isSilent) {
      show(run);
    }
    return run;
  }

  private void show(JsonNode run) {
    Map<String, String> words = words(run);
    width =
        Math.max(
            12, stream(run.path("stages")).mapToInt(stage -> name(stage).length()).max().orElse(0));
    if (terminal.isInteractive()) {
      List<String> lines = new ArrayList<>();
      run.path("stages").forEach(stage -> lines.add(line(stage, words)));
      terminal.redraw(lines);
      return;
    }
    for (JsonNode stage : run.path("stages")) {
      String news = state(stage) + words.getOrDefault(name(stage), "");
      boolean isNews = !news.equals(told.put(name(stage), news));
      if (isNews && !UNTOLD.contains(state(stage))) {
        terminal.line(line(stage, words));
      }
    }
  }

  /** What there is to say of stages beyond what they gave: how far a rollout is. */
  private Map<String, String> words(JsonNode run) {
    Map<String, String> words = new HashMap<>();
    for (JsonNode stage : run.path("stages")) {
      if (stage.path("kind").asText().equals("deploy") && state(stage).equals("running")) {
        RolloutWords.ofRun(api, run)
            .ifPresent(rollout -> words.put(name(stage), RolloutWords.of(rollout)));
      }
    }
    return words;
  }

  private static String name(JsonNode stage) {
    return stage.path("name").asText();
  }

  private static Stream<JsonNode> stream(JsonNode items) {
    return StreamSupport.stream(items.spliterator(), false);
  }

  private String line(JsonNode stage, Map<String, String> words) {
    return ("  %s %-" + width + "s %-16s %8s  %s")
        .formatted(
            sign(state(stage)),
            name(stage),
            state(stage),
            seconds(stage).map("%.1f s"::formatted).orElse(""),
            terminal.faint(words.getOrDefault(name(stage), StageWords.of(stage))))
        .stripTrailing();
  }

  private String sign(String state) {
    return switch (state) {
      case "succeeded", "cached" -> terminal.good("✓");
      case "failed" -> terminal.bad("✗");
      case "running" -> terminal.busy("▶");
      case "waiting" -> terminal.busy("◷");
      case "skipped", "cancelled", "upstream-failed" -> terminal.faint("–");
      default -> terminal.faint("·");
    };
  }

  /** How long a stage, or a run, took, or has taken so far. */
  static Optional<Double> seconds(JsonNode timed) {
    String start = timed.path("startedAt").asText("");
    if (start.isEmpty()) {
      return Optional.empty();
    }
    String end = timed.path("endedAt").asText("");
    Instant until = end.isEmpty() ? Instant.now() : Instant.parse(end);
    return Optional.of(Duration.between(Instant.parse(start), until).toMillis() / 1000.0);
  }

  private static String state(JsonNode node) {
    return ListCommand.word(node, "state");
  }

  private static boolean isOver(JsonNode run) {
    return FINAL.contains(state(run));
  }

  /**
   * Ends the command unless the run succeeded.
   *
   * @throws CommandException with the reason of the stage that failed
   */
  static void requireSuccess(JsonNode run) {
    String state = state(run);
    if (state.equals("succeeded")) {
      return;
    }
    StringBuilder message = new StringBuilder("Run " + run.path("id").asLong() + " " + state + ".");
    for (JsonNode stage : run.path("stages")) {
      if (state(stage).equals("failed")) {
        message.append('\n').append(stage.path("name").asText()).append(": ").append(reason(stage));
      }
    }
    throw CommandException.failed(message.toString());
  }

  /** Why a stage failed, with its details, a line each. */
  static String reason(JsonNode stage) {
    StringBuilder reason = new StringBuilder(stage.path("error").path("message").asText());
    stage
        .path("error")
        .path("details")
        .forEach(line -> reason.append("\n  ").append(line.asText()));
    return reason.toString();
  }
}
