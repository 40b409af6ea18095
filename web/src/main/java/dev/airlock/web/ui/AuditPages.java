package dev.airlock.web.ui;

import dev.airlock.store.AuditRow;
import dev.airlock.store.AuditVerdict;
import dev.airlock.store.Migrate;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.audit.AuditAnchor;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who changed what, when and from where. */
public final class AuditPages {
  private static final int PER_PAGE = 50;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  /** Where each kind of thing is shown, by what stands before its id. */
  private static final Map<String, String> PLACES =
      Map.of(
          "run", "/runs/",
          "pipeline", "/pipelines/",
          "approval", "/approvals/",
          "model", "/models/",
          "rollout", "/rollouts/",
          "alert", "/alerts/",
          "backfill", "/backfills/",
          "person", "/settings/people/");

  private final Supplier<Store> store;
  private final AuditAnchor anchor;
  private final Frame frame;

  public AuditPages(Supplier<Store> store, AuditAnchor anchor, Frame frame) {
    this.store = store;
    this.anchor = anchor;
    this.frame = frame;
  }

  /**
   * The list.
   *
   * @param isFiltered whether the viewer asked for some of the rows only
   * @param proof what came of reading the whole chain; null where nobody asked
   */
  public record AuditPage(
      Chrome chrome,
      String entity,
      String entityId,
      String actor,
      String action,
      boolean isFiltered,
      String proofLink,
      @Nullable Proof proof,
      List<Row> rows,
      @Nullable String moreLink) {
    public AuditPage {
      rows = List.copyOf(rows);
    }

    /** What came of reading the whole chain. */
    public record Proof(boolean isWhole, String text, List<String> faults) {
      public Proof {
        faults = List.copyOf(faults);
      }
    }

    /**
     * A change.
     *
     * @param link to what was changed, or null
     */
    public record Row(
        long sequence,
        Instant at,
        String actor,
        String actorLink,
        String action,
        String thing,
        String thingLink,
        @Nullable String link,
        List<Changed> changes,
        String from) {
      public Row {
        changes = List.copyOf(changes);
      }
    }
  }

  /** {@code GET /audit}. */
  public void show(Context ctx) {
    Map<String, @Nullable String> filters = new LinkedHashMap<>();
    for (String name : List.of("entity", "entityId", "actor", "action")) {
      filters.put(name, Query.text(ctx, name));
    }
    Page<AuditRow> page =
        store
            .get()
            .audit()
            .list(
                filters.get("entity"),
                filters.get("entityId"),
                filters.get("actor"),
                filters.get("action"),
                PER_PAGE,
                Query.text(ctx, "cursor"));
    Chrome chrome = frame.chrome(ctx, "Audit", "audit", Crumb.here("Audit"));
    // Nothing tells of each row. What was verified, and older rows, stay as they were read.
    boolean isNewest = Query.text(ctx, "cursor") == null && Query.text(ctx, "verify") == null;
    frame.render(
        ctx,
        "audit",
        new AuditPage(
            isNewest ? chrome.lookingEvery(LOOK_EVERY) : chrome,
            said(filters, "entity"),
            said(filters, "entityId"),
            said(filters, "actor"),
            said(filters, "action"),
            filters.values().stream().anyMatch(Objects::nonNull),
            link(filters, "verify", "yes"),
            "yes".equals(Query.text(ctx, "verify")) ? proof(anchor.verify().verdict()) : null,
            page.items().stream().map(AuditPages::row).toList(),
            page.next() == null ? null : link(filters, "cursor", page.next())));
  }

  private static String said(Map<String, @Nullable String> filters, String name) {
    return Objects.requireNonNullElse(filters.get(name), "");
  }

  private static String link(
      Map<String, @Nullable String> filters, String name, @Nullable String value) {
    Map<String, @Nullable String> query = new LinkedHashMap<>(filters);
    query.put(name, value);
    return "/audit?"
        + query.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .map(entry -> entry.getKey() + "=" + Words.inQuery(String.valueOf(entry.getValue())))
            .collect(Collectors.joining("&"));
  }

  private static AuditPage.Proof proof(AuditVerdict verdict) {
    return new AuditPage.Proof(
        verdict.isWhole(),
        verdict.isWhole()
            ? "Nothing was altered, removed or swapped: %,d rows follow each other, and pass through all %,d signed heads."
                .formatted(verdict.rows(), verdict.heads())
            : "The audit is not what was written.",
        verdict.faults());
  }

  private static AuditPage.Row row(AuditRow row) {
    String place = PLACES.get(row.entity());
    return new AuditPage.Row(
        row.sequence(),
        row.at(),
        row.actor(),
        "/audit?actor=" + Words.inQuery(row.actor()),
        row.action().replace('-', ' '),
        row.entity() + " " + row.entityId(),
        "/audit?entity=%s&entityId=%s"
            .formatted(Words.inQuery(row.entity()), Words.inQuery(row.entityId())),
        place == null ? null : place + Words.inQuery(row.entityId()).replace("+", "%20"),
        Changed.between(row.before(), row.after()),
        from(row));
  }

  private static String from(AuditRow row) {
    StringBuilder from = new StringBuilder(row.channel());
    if (row.address() != null) {
      from.append(" · ").append(row.address());
    }
    if (row.token() != null) {
      from.append(" · token ").append(row.token());
    }
    if (row.address() == null && row.requestId() != null) {
      from.append(" · ").append(row.requestId());
    }
    if (row.writtenBy() != null && !row.writtenBy().equals(Migrate.APPLICATION_ROLE)) {
      from.append(" · written by ").append(row.writtenBy());
    }
    return from.toString();
  }
}
