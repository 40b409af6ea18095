package dev.airlock.web.api;

import dev.airlock.store.Finding;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything by its name or number. */
public final class SearchRoutes {
  private static final int OF_EACH_KIND = 8;

  private static final Place AUDIT = new Place("Audit", "/audit", "u");

  /** The pages that can be jumped to, each with the key that follows {@code g}. */
  private static final List<Place> PLACES =
      List.of(
          new Place("Home", "/", "h"),
          new Place("Approvals", "/approvals", "a"),
          new Place("Alerts", "/alerts", "l"),
          new Place("Monitoring", "/monitoring", "w"),
          new Place("Pipelines", "/pipelines", "p"),
          new Place("Runs", "/runs", "r"),
          new Place("Models", "/models", "m"),
          new Place("Datasets", "/datasets", "d"),
          new Place("Experiments", "/experiments", "e"),
          new Place("Logs", "/logs", "o"),
          new Place("Pools", "/pools", "s"),
          AUDIT,
          new Place("Settings", "/settings", "t"),
          new Place("People", "/settings/people", "y"),
          new Place("Connections", "/settings/connections", "c"),
          new Place("Keys", "/keys", "k"),
          new Place("API", "/api", "i"));

  private final Supplier<Store> store;

  public SearchRoutes(Supplier<Store> store) {
    this.store = store;
  }

  /** A page that needs no name. */
  public record Place(String name, String link, String key) {}

  /**
   * Something found.
   *
   * @param kind as a finding's, or {@code page}
   */
  public record Hit(String kind, String name, String says, String link) {}

  record Answer(String query, List<Hit> items) {}

  /**
   * The pages that can be jumped to.
   *
   * @param mayReadAudit whether whoever jumps may read the audit
   */
  public static List<Place> places(boolean mayReadAudit) {
    return mayReadAudit ? PLACES : PLACES.stream().filter(place -> !place.equals(AUDIT)).toList();
  }

  /** Each place's key and address, "h=/ a=/approvals …", for the script that listens to keys. */
  public static String jumps(boolean mayReadAudit) {
    return places(mayReadAudit).stream()
        .map(place -> place.key() + "=" + place.link())
        .collect(Collectors.joining(" "));
  }

  /** {@code GET /search?q=}. */
  public void search(Context ctx) {
    String text = Query.text(ctx, "q");
    ctx.json(
        new Answer(
            text == null ? "" : text,
            hits(store.get(), text, Caller.of(ctx).may(Permission.READ_AUDIT))));
  }

  /** What the text finds; pages first. */
  public static List<Hit> hits(Store store, @Nullable String text, boolean mayReadAudit) {
    if (text == null || text.isBlank()) {
      return List.of();
    }
    String wanted = text.strip().toLowerCase(Locale.ROOT);
    List<Hit> hits = new ArrayList<>();
    for (Place place : places(mayReadAudit)) {
      if (place.name().toLowerCase(Locale.ROOT).startsWith(wanted)) {
        hits.add(new Hit("page", place.name(), "page", place.link()));
      }
    }
    store.finds().find(text, OF_EACH_KIND).forEach(found -> hits.add(hit(found)));
    return hits;
  }

  private static Hit hit(Finding found) {
    return new Hit(found.kind(), found.name(), found.says(), link(found));
  }

  private static String link(Finding found) {
    String key = found.key();
    return switch (found.kind()) {
      case "pipeline" -> "/pipelines/" + encoded(key);
      case "run" -> "/runs/" + key;
      case "model" -> "/models/" + encoded(key);
      case "version" -> {
        int cut = key.lastIndexOf('/');
        yield "/models/%s/versions/%s"
            .formatted(encoded(key.substring(0, cut)), key.substring(cut + 1));
      }
      case "dataset" -> "/datasets/" + encoded(key);
      case "approval" -> "/approvals/" + key;
      case "alert" -> "/alerts/" + key;
      case "backfill" -> "/backfills/" + key;
      default -> "/pools";
    };
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
