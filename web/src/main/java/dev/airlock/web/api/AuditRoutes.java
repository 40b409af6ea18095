package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.Audit;
import dev.airlock.store.AuditHead;
import dev.airlock.store.AuditRow;
import dev.airlock.store.AuditVerdict;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.web.audit.AuditAnchor;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who changed what, when and from where. */
public final class AuditRoutes {
  private static final int AT_ONCE = 500;

  private final Supplier<Store> store;
  private final AuditAnchor anchor;

  public AuditRoutes(Supplier<Store> store, AuditAnchor anchor) {
    this.store = store;
    this.anchor = anchor;
  }

  private record Shown(
      long sequence,
      Instant at,
      String actor,
      String action,
      String entity,
      String entityId,
      @Nullable JsonNode before,
      @Nullable JsonNode after,
      String channel,
      @Nullable String address,
      @Nullable String token,
      @Nullable String requestId,
      String hash,
      @Nullable String writtenBy) {
    static Shown of(AuditRow row) {
      return new Shown(
          row.sequence(),
          row.at(),
          row.actor(),
          row.action(),
          row.entity(),
          row.entityId(),
          json(row.before()),
          json(row.after()),
          row.channel(),
          row.address(),
          row.token(),
          row.requestId(),
          row.hash(),
          row.writtenBy());
    }
  }

  /** Whoever tampered with a row need not have left JSON. */
  private static @Nullable JsonNode json(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Json.read(text, JsonNode.class);
    } catch (IllegalArgumentException e) {
      return Json.mapper().getNodeFactory().textNode(text);
    }
  }

  /** {@code GET /audit}: newest first. */
  public void list(Context ctx) {
    Page<AuditRow> page =
        store
            .get()
            .audit()
            .list(
                Query.text(ctx, "entity"),
                Query.text(ctx, "entityId"),
                Query.text(ctx, "actor"),
                Query.text(ctx, "action"),
                Limits.of(ctx),
                Query.text(ctx, "cursor"));
    ctx.json(new Page<>(page.items().stream().map(Shown::of).toList(), page.next()));
  }

  /**
   * {@code GET /audit/export}: every row, oldest first, one JSON object a line, with all that its
   * hash is over; {@code before} and {@code after} as text, since the hash is over their
   * characters.
   */
  public void export(Context ctx) throws IOException {
    Audit audit = store.get().audit();
    AuditHead head = audit.head();
    ctx.contentType("application/x-ndjson")
        .header("Content-Disposition", "attachment; filename=\"airlock-audit.jsonl\"");
    OutputStream out = ctx.res().getOutputStream();
    long after = 0;
    List<AuditRow> rows = audit.span(after, head.sequence(), AT_ONCE);
    while (!rows.isEmpty()) {
      for (AuditRow row : rows) {
        out.write((Json.write(row) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      after = rows.get(rows.size() - 1).sequence();
      rows = audit.span(after, head.sequence(), AT_ONCE);
    }
    out.flush();
  }

  private record Verdict(
      boolean whole,
      long rows,
      AuditHead head,
      int signedHeads,
      List<String> faults,
      Instant readAt) {}

  /** {@code GET /audit/verification}: reads the whole chain, or says what came of it just now. */
  public void verify(Context ctx) {
    AuditAnchor.Reading reading = anchor.verify();
    AuditVerdict verdict = reading.verdict();
    ctx.json(
        new Verdict(
            verdict.isWhole(),
            verdict.rows(),
            verdict.head(),
            verdict.heads(),
            verdict.faults(),
            reading.at()));
  }
}
