package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A change, as the audit keeps it.
 *
 * @param sequence its place in the chain, from 1 without a gap
 * @param at when it was committed, to the microsecond
 * @param before what it was, as JSON, character by character as it was hashed; null for nothing
 * @param after what it is, the same
 * @param channel as {@link Origin.Channel}, in words
 * @param previousHash that of the row before; 64 zeros for the first
 * @param hash SHA-256 of all the others
 * @param writtenBy the role of the database that wrote it, as PostgreSQL knows it: the one field of
 *     whose truth the application has no say; null in rows of before it was kept
 */
public record AuditRow(
    long sequence,
    Instant at,
    String actor,
    String action,
    String entity,
    String entityId,
    @Nullable String before,
    @Nullable String after,
    String channel,
    @Nullable String address,
    @Nullable String token,
    @Nullable String requestId,
    String previousHash,
    String hash,
    @Nullable String writtenBy) {

  /** What stands before the first row. */
  static final String BEGINNING = "0".repeat(64);

  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * What the hash of these fields is: SHA-256, in hexadecimal digits, over each field's length in
   * bytes, a colon and the field itself, or a dash for null. Of the role that wrote it nothing is
   * added where that is null, so rows of before keep their hashes. The function {@code audit_hash}
   * of the database computes the same when it writes a row.
   */
  public String expectedHash() {
    StringBuilder text = new StringBuilder();
    add(text, Long.toString(sequence));
    add(text, MICROSECONDS.format(at));
    add(text, actor);
    add(text, action);
    add(text, entity);
    add(text, entityId);
    add(text, before);
    add(text, after);
    add(text, channel);
    add(text, address);
    add(text, token);
    add(text, requestId);
    add(text, previousHash);
    if (writtenBy != null) {
      add(text, writtenBy);
    }
    return Json.digest(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void add(StringBuilder text, @Nullable String field) {
    if (field == null) {
      text.append('-');
    } else {
      text.append(field.getBytes(StandardCharsets.UTF_8).length).append(':').append(field);
    }
  }
}
