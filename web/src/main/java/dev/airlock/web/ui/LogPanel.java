package dev.airlock.web.ui;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.RunStage;
import dev.airlock.store.Store;
import dev.airlock.web.api.StageLogs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt said, on the page of its run. The page goes on by itself from the last line.
 *
 * @param key the same for the same attempt, so that a page that is asked for again leaves it alone
 * @param stream where the lines that follow come from; null where none will
 * @param source where lines that hold a text come from; null where they can't be asked for
 * @param attempts links to the other attempts
 * @param whole where all of it is, as text
 * @param plain what an earlier release kept, or why there is nothing; empty where there are lines
 */
public record LogPanel(
    String stage,
    String key,
    int attempt,
    @Nullable String stream,
    @Nullable String source,
    List<AttemptLink> attempts,
    List<Line> lines,
    int last,
    int more,
    String plain,
    String whole) {

  private static final int SHOWN = 200;

  /** A line. */
  public record Line(Instant at, String time, String level, String text) {}

  /** Another attempt; current is for {@code aria-current}. */
  public record AttemptLink(int number, String link, @Nullable String current) {}

  /** Null where no attempt has begun. */
  static @Nullable LogPanel of(
      Store store, ArtifactStore artifacts, long run, RunStage stage, @Nullable Integer wanted) {
    StageLogs logs = new StageLogs(store, artifacts, run, new LogPlace(stage.name(), null));
    if (stage.kind().equals("map") && wanted == null) {
      List<LogLine> ofItems = logs.lastOfItems(SHOWN);
      if (!ofItems.isEmpty()) {
        return ofItems(run, stage.name(), ofItems);
      }
    }
    List<Integer> attempts = logs.attempts();
    if (attempts.isEmpty()) {
      return null;
    }
    int newest = attempts.get(attempts.size() - 1);
    int attempt = wanted != null && attempts.contains(wanted) ? wanted : newest;
    List<LogLine> lines = logs.last(attempt, null, SHOWN);
    String source = "/api/v1/runs/%d/stages/%s/logs".formatted(run, stage.name());
    boolean goesOn = attempt == newest && !stage.state().isFinal();
    StringBuilder plain = new StringBuilder();
    if (lines.isEmpty()) {
      logs.write(List.of(attempt), null, plain::append);
    }
    List<AttemptLink> links = new ArrayList<>();
    for (int each : attempts) {
      links.add(
          new AttemptLink(
              each,
              "/runs/%d?stage=%s&attempt=%d".formatted(run, stage.name(), each),
              each == attempt ? "true" : null));
    }
    return new LogPanel(
        stage.name(),
        "%d/%s/%d".formatted(run, stage.name(), attempt),
        attempt,
        goesOn ? source + "?attempt=" + attempt : null,
        source + "?attempt=" + attempt,
        attempts.size() > 1 ? links : List.of(),
        lines.stream().map(line -> line(line, line.text())).toList(),
        lines.isEmpty() ? 0 : lines.get(lines.size() - 1).number(),
        lines.isEmpty() ? 0 : lines.get(0).number() - 1,
        plain.toString().strip(),
        source + "?attempt=" + attempt);
  }

  private static Line line(LogLine line, String text) {
    return new Line(line.at(), StageLogs.clock(line), line.level().name(), text);
  }

  /** What the items of a map said last, all together; the page asks again as they end. */
  private static LogPanel ofItems(long run, String stage, List<LogLine> lines) {
    String source = "/api/v1/runs/%d/stages/%s/logs".formatted(run, stage);
    return new LogPanel(
        stage,
        "%d/%s/items/%d".formatted(run, stage, lines.get(lines.size() - 1).id()),
        1,
        null,
        null,
        List.of(),
        lines.stream()
            .map(
                line ->
                    line(line, "[%d] %s".formatted(LogPlace.of(line.stage()).item(), line.text())))
            .toList(),
        lines.get(lines.size() - 1).number(),
        0,
        "",
        source);
  }
}
