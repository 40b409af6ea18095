package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LogLevel;
import dev.airlock.store.LogLine;
import dev.airlock.store.LogPlace;
import dev.airlock.store.LogSearch;
import dev.airlock.store.Page;
import dev.airlock.store.RunStage;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.events.LogStreams;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stages said: of one, of a run, of all. */
public final class LogRoutes {
  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final LogStreams streams;

  public LogRoutes(Supplier<Store> store, ArtifactStore artifacts, LogStreams streams) {
    this.store = store;
    this.artifacts = artifacts;
    this.streams = streams;
  }

  /**
   * {@code GET /runs/{id}/stages/{stage}/logs}: as text, of all attempts unless {@code attempt}
   * says; as JSON, lines of one attempt after the number {@code after}; as server-sent events, the
   * same until the attempt has ended. {@code q} is what a line must hold. {@code item} asks for one
   * item of a map; the text of a map is that of all of its items.
   */
  public void ofStage(Context ctx) {
    long id = Query.id(ctx, "run");
    String stage = ctx.pathParam("stage");
    Store open = store.get();
    RunStage known =
        open.runs().stages(id).stream()
            .filter(each -> each.name().equals(stage))
            .findFirst()
            .orElseThrow(
                () -> new UnknownEntityException("Run %d has no stage '%s'.".formatted(id, stage)));
    LogPlace place = place(ctx, open, id, stage);
    StageLogs logs = new StageLogs(open, artifacts, id, place);
    String wanted = Query.text(ctx, "attempt");
    List<Integer> attempts =
        wanted == null ? logs.attempts() : List.of(Query.count("attempt", wanted));
    String accept = String.valueOf(ctx.header("Accept"));
    if (accept.contains("text/event-stream")) {
      int newest = attempts.isEmpty() ? 1 : attempts.get(attempts.size() - 1);
      streams.follow(ctx, id, place, newest, after(ctx), Query.text(ctx, "q"));
    } else if (accept.contains("application/json")) {
      ctx.json(lines(ctx, id, place.key(), attempts));
    } else if (known.kind().equals("map") && place.item() == null && wanted == null) {
      write(ctx, to -> logs.writeWithItems(attempts, Query.text(ctx, "q"), to));
    } else {
      write(ctx, to -> logs.write(attempts, Query.text(ctx, "q"), to));
    }
  }

  private static LogPlace place(Context ctx, Store store, long run, String stage) {
    String item = Query.text(ctx, "item");
    if (item == null) {
      return new LogPlace(stage, null);
    }
    ItemRoutes.requireMap(store, run, stage);
    return new LogPlace(stage, Query.count("item", item));
  }

  private Page<LogLine> lines(Context ctx, long id, String stage, List<Integer> attempts) {
    if (attempts.isEmpty()) {
      return new Page<>(List.of(), null);
    }
    int attempt = attempts.get(attempts.size() - 1);
    return store
        .get()
        .logs()
        .page(
            id,
            stage,
            attempt,
            after(ctx),
            Query.text(ctx, "q"),
            Limits.of(ctx),
            Query.text(ctx, "cursor"));
  }

  private static int after(Context ctx) {
    String seen = ctx.header("Last-Event-ID");
    String after = seen == null ? Query.text(ctx, "after") : seen;
    return after == null ? 0 : Query.count("after", after);
  }

  private static void write(Context ctx, Consumer<Consumer<String>> logs) {
    ctx.contentType("text/plain; charset=utf-8");
    try (Writer writer =
        new OutputStreamWriter(ctx.res().getOutputStream(), StandardCharsets.UTF_8)) {
      logs.accept(
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
