package dev.airlock.web.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.Event;
import dev.airlock.store.Events;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events that stages wait for. */
public final class EventRoutes {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST_KEY = 200;
  private static final int LARGEST_PAYLOAD = 64 << 10;

  private final Supplier<Store> store;

  public EventRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record News(@Nullable String key, @Nullable JsonNode payload, @Nullable String at) {}

  private record Shown(
      long id,
      String name,
      String key,
      Instant at,
      @JsonRawValue @Nullable String payload,
      String toldBy,
      Instant toldAt) {
    static Shown of(Event event) {
      return new Shown(
          event.id(),
          event.name(),
          event.key(),
          event.at(),
          event.payload(),
          event.toldBy(),
          event.toldAt());
    }
  }

  private record Answer(long id, String key, Instant at, boolean isNew, List<Long> runs) {}

  /** {@code GET /events}, newest first. */
  public void list(Context ctx) {
    Page<Event> page =
        store
            .get()
            .events()
            .list(Query.text(ctx, "name"), Limits.of(ctx), Query.text(ctx, "cursor"));
    ctx.json(new Page<>(page.items().stream().map(Shown::of).toList(), page.next()));
  }

  /**
   * {@code POST /events/{name}}: written down once per key, and carried to every run that waits.
   */
  public void tell(Context ctx) {
    String name = ctx.pathParam("name");
    if (!NAME.matcher(name).matches() || name.length() > 60) {
      throw ProblemException.badRequest(
          "'%s' is no name for an event: expected lower-case words joined by hyphens, at most 60 characters."
              .formatted(name));
    }
    News news = Body.read(ctx, News.class);
    JsonNode payload = news.payload();
    String json = payload == null || payload.isNull() ? null : payload.toString();
    if (json != null && json.length() > LARGEST_PAYLOAD) {
      throw ProblemException.tooLarge(
          "The payload has %d characters, at most %d are carried: send where the data is instead."
              .formatted(json.length(), LARGEST_PAYLOAD));
    }
    Events.Told told =
        store
            .get()
            .events()
            .tell(
                name,
                key(news.key()),
                news.at() == null ? null : Query.eventTime("at", news.at()),
                json,
                Caller.of(ctx).acting(ctx));
    ctx.status(told.isNew() ? 201 : 200)
        .json(
            new Answer(
                told.event().id(),
                told.event().key(),
                told.event().at(),
                told.isNew(),
                told.runs()));
  }

  private static String key(@Nullable String key) {
    if (key == null || key.isBlank() || key.length() > LONGEST_KEY) {
      throw ProblemException.badRequest(
          "The key is missing or longer than %d characters: send one of your own, such as \"2026-03-01\", so that the same event told twice counts once."
              .formatted(LONGEST_KEY),
          List.of(new Fault("key", "expected 1 to " + LONGEST_KEY + " characters")));
    }
    return key;
  }
}
