package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How far what a model meets has moved from what it has learnt from. */
public final class DriftRoutes {
  private static final String ASPECT = "drift";

  private final Supplier<Store> store;

  public DriftRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record Span(Instant opens, Instant closes) {}

  private record Shown(
      String model,
      int version,
      Span window,
      boolean sufficient,
      long rows,
      JsonNode features,
      JsonNode score) {}

  /**
   * {@code GET /drift}: of the model's newest measured window, or of the one that opens at {@code
   * window}; of the live version where several were measured in it, unless {@code version} says.
   */
  public void show(Context ctx) {
    String model = Query.text(ctx, "model");
    if (model == null) {
      throw ProblemException.badRequest("model is missing; say whose drift, as ?model=NAME.");
    }
    if (store.get().models().find(model).isEmpty()) {
      throw ModelRoutes.unknown(model);
    }
    String version = Query.text(ctx, "version");
    Instant opens = Query.moment(ctx, "window");
    MonitorWindow window =
        store
            .get()
            .monitors()
            .windows(model, version == null ? null : version(version), ASPECT)
            .stream()
            .filter(measured -> opens == null || measured.opens().equals(opens))
            .max(newest(live(model)))
            .orElseThrow(() -> nothing(model, opens));
    ctx.json(shown(model, window));
  }

  /** No version has a larger number than an int holds. */
  private static int version(String text) {
    long number = Query.number("version", text);
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw ProblemException.badRequest(
          "version is '%s', expected the number of a version, from 1 on.".formatted(text));
    }
    return (int) number;
  }

  private @Nullable Integer live(String model) {
    return store.get().models().live(model).map(LiveRoute::version).orElse(null);
  }

  private static Comparator<MonitorWindow> newest(@Nullable Integer live) {
    return Comparator.comparing(MonitorWindow::opens)
        .thenComparing(window -> live != null && window.version() == live)
        .thenComparing(MonitorWindow::version);
  }

  private static UnknownEntityException nothing(String model, @Nullable Instant opens) {
    return new UnknownEntityException(
        opens == null
            ? "No drift of %s has been measured yet; ask one of its monitors for a check."
                .formatted(model)
            : "No window of %s that opens at %s has been measured.".formatted(model, opens));
  }

  private static Shown shown(String model, MonitorWindow window) {
    JsonNode detail = Json.read(window.detail(), JsonNode.class);
    return new Shown(
        model,
        window.version(),
        new Span(window.opens(), window.closes()),
        window.sufficient(),
        window.rows(),
        detail.path("features"),
        detail.path("score"));
  }
}
