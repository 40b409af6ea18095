package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LogLevel;
import dev.airlock.store.LogLine;
import dev.airlock.store.LogSearch;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stages said: of one, of a run, of all. */
public final class LogRoutes {
  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final LogStreams streams;

  public LogRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
    this.streams = new LogStreams(store);
  }

  /**
   * {@code GET /runs/{id}/stages/{stage}/logs}: as text, of all attempts unless {@code attempt}
   * says; as JSON, lines of one attempt after the number {@code after}; as server-sent events, the
   * same until the attempt has ended. {@code q} is what a line must hold.
   */
  public void ofStage(Context ctx) throws Exception {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    Store open = store.get();
    if (open.runs().stages(id).stream().noneMatch(known -> known.name().equals(stage))) {
      throw new UnknownEntityException("Run %d has no stage '%s'.".formatted(id, stage));
    }
    StageLogs logs = new StageLogs(open, artifacts, id, stage);
    String wanted = Query.text(ctx, "attempt");
    List<Integer> attempts =
        wanted == null ? logs.attempts() : List.of((int) Query.number("attempt", wanted));
    String accept = String.valueOf(ctx.header("Accept"));
    if (accept.contains("text/event-stream")) {
      int newest = attempts.isEmpty() ? 1 : attempts.get(attempts.size() - 1);
      streams.follow(ctx, id, stage, newest, after(ctx), Query.text(ctx, "q"));
    } else if (accept.contains("application/json")) {
      ctx.json(lines(ctx, id, stage, attempts));
    } else {
      write(ctx, logs, attempts);
    }
  }

  private Page<LogLine> lines(Context ctx, long id, String stage, List<Integer> attempts) {
    if (attempts.isEmpty()) {
      return new Page<>(List.of(), null);
    }
    int attempt = attempts.get(attempts.size() - 1);
    return new Page<>(
        store
            .get()
            .logs()
            .lines(id, stage, attempt, after(ctx), Query.text(ctx, "q"), Limits.of(ctx)),
        null);
  }

  private static int after(Context ctx) {
    String seen = ctx.header("Last-Event-ID");
    String after = seen == null ? Query.text(ctx, "after") : seen;
    return after == null ? 0 : (int) Query.number("after", after);
  }

  private static void write(Context ctx, StageLogs logs, List<Integer> attempts) {
    ctx.contentType("text/plain; charset=utf-8");
    try (Writer writer =
        new OutputStreamWriter(ctx.res().getOutputStream(), StandardCharsets.UTF_8)) {
      logs.write(
          attempts,
          Query.text(ctx, "q"),
          text -> {
            try {
              writer.write(text);
            } catch (IOException e) {
              throw new UncheckedIOException("Whoever asked has gone", e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("Whoever asked has gone", e);
    }
  }

  /** {@code GET /runs/{id}/logs}: lines of all stages of a run, newest first. */
  public void ofRun(Context ctx) {
    long id = Query.id(ctx, "run");
    if (store.get().runs().find(id).isEmpty()) {
      throw RunRoutes.unknown(id);
    }
    ctx.json(search(ctx, id));
  }

  /** {@code GET /logs}: lines of all runs, newest first. */
  public void ofAll(Context ctx) {
    ctx.json(search(ctx, null));
  }

  private Page<LogLine> search(Context ctx, @Nullable Long run) {
    return store.get().logs().search(of(ctx, run), Limits.of(ctx), Query.text(ctx, "cursor"));
  }

  /** What the query of a request asks for. */
  public static LogSearch of(Context ctx, @Nullable Long run) {
    Instant since = Query.moment(ctx, "since");
    return new LogSearch(
        Query.text(ctx, "q"),
        Query.text(ctx, "pipeline"),
        run,
        level(Query.text(ctx, "level")),
        since);
  }

  private static @Nullable LogLevel level(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return Arrays.stream(LogLevel.values())
        .filter(level -> level.name().equals(word.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    "level is '%s', expected one of %s."
                        .formatted(
                            word,
                            Arrays.stream(LogLevel.values())
                                .map(level -> level.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")))));
  }
}
