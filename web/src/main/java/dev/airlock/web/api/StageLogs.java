package dev.airlock.web.api;

import dev.airlock.store.ArtifactException;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.Logs;
import dev.airlock.store.StageAttempt;
import dev.airlock.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the attempts at a stage said, or those at an item of a map. */
public final class StageLogs {
  private static final int AT_ONCE = 5_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Store store;
  private final ArtifactStore artifacts;
  private final long runId;
  private final String stage;
  private final LogPlace place;
  private final Map<Integer, StageAttempt> claimed;

  public StageLogs(Store store, ArtifactStore artifacts, long runId, LogPlace place) {
    this.store = store;
    this.artifacts = artifacts;
    this.runId = runId;
    this.place = place;
    this.stage = place.key();
    this.claimed =
        store.runs().attempts(runId).stream()
            .filter(attempt -> attempt.stage().equals(stage))
            .collect(
                Collectors.toMap(
                    StageAttempt::attempt, Function.identity(), (a, b) -> b, TreeMap::new));
  }

  /** Every attempt that has begun or has said something, oldest first. */
  public List<Integer> attempts() {
    TreeSet<Integer> attempts = new TreeSet<>(claimed.keySet());
    attempts.addAll(store.logs().attempts(runId, stage));
    return List.copyOf(attempts);
  }

  /** The last lines of an attempt, at most so many. */
  public List<LogLine> last(int attempt, @Nullable String text, int limit) {
    return store.logs().lastLines(runId, stage, attempt, text, limit);
  }

  /**
   * The lines of these attempts, one after another; a sentence where there is none.
   *
   * @param text what a line must hold, or null for all
   */
  public void write(List<Integer> attempts, @Nullable String text, Consumer<String> to) {
    if (attempts.isEmpty()) {
      to.accept(
          place.item() == null
              ? "No attempt has begun, so there is no log.\n"
              : "Item %d has said nothing.\n".formatted(place.item()));
    }
    for (int attempt : attempts) {
      if (attempts.size() > 1) {
        to.accept("── attempt " + attempt + on(attempt) + "\n");
      }
      write(attempt, text, to);
    }
  }

  /** The lines of a map: its own, then those of all of its items, each with the item's index. */
  public void writeWithItems(List<Integer> attempts, @Nullable String text, Consumer<String> to) {
    Logs logs = store.logs();
    List<LogLine> lines = logs.ofItems(runId, stage, 0, text, AT_ONCE);
    if (lines.isEmpty() || !attempts.isEmpty()) {
      write(attempts, text, to);
    }
    if (!lines.isEmpty()) {
      to.accept("── items\n");
    }
    while (!lines.isEmpty()) {
      lines.forEach(
          line ->
              to.accept("[%d] %s\n".formatted(LogPlace.of(line.stage()).item(), sentence(line))));
      lines = logs.ofItems(runId, stage, lines.get(lines.size() - 1).id(), text, AT_ONCE);
    }
  }

  /** The last lines of all items of a map, at most so many. */
  public List<LogLine> lastOfItems(int limit) {
    return store.logs().lastOfItems(runId, stage, limit);
  }

  private String on(int attempt) {
    StageAttempt known = claimed.get(attempt);
    return known == null ? "" : " on " + known.worker();
  }

  private void write(int attempt, @Nullable String text, Consumer<String> to) {
    Logs logs = store.logs();
    int after = 0;
    boolean hasSpoken = false;
    for (List<LogLine> lines = logs.lines(runId, stage, attempt, after, text, AT_ONCE);
        !lines.isEmpty();
        lines = logs.lines(runId, stage, attempt, after, text, AT_ONCE)) {
      hasSpoken = true;
      lines.forEach(line -> to.accept(sentence(line) + "\n"));
      after = lines.get(lines.size() - 1).number();
    }
    if (!hasSpoken) {
      to.accept(silence(attempt, text));
    }
  }

  /** Why there is no line; what an earlier release kept as a whole. */
  private String silence(int attempt, @Nullable String text) {
    StageAttempt known = claimed.get(attempt);
    String digest = known == null ? null : known.logDigest();
    if (digest != null) {
      return earlier(digest, text);
    }
    if (text != null) {
      return "Attempt %d has no line with '%s'.\n".formatted(attempt, text);
    }
    return known != null && known.endedAt() == null
        ? "Attempt %d%s has said nothing yet.\n".formatted(attempt, on(attempt))
        : "Attempt %d said nothing.\n".formatted(attempt);
  }

  private String earlier(String digest, @Nullable String text) {
    try {
      String whole = new String(artifacts.get(digest), StandardCharsets.UTF_8);
      return text == null
          ? whole
          : whole
              .lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)))
              .map(line -> line + "\n")
              .collect(Collectors.joining());
    } catch (ArtifactException e) {
      return "The log can't be read: " + e.getMessage() + "\n";
    }
  }

  /** "19:20:11.123 WARN The shop does not answer." */
  public static String sentence(LogLine line) {
    return "%s %-5s %s".formatted(clock(line), line.level(), line.text());
  }

  /** "19:20:11.123", UTC. */
  public static String clock(LogLine line) {
    return TIME.format(line.at());
  }
}
