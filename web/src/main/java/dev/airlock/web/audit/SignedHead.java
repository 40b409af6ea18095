package dev.airlock.web.audit;

import dev.airlock.store.AuditHead;
import java.nio.charset.StandardCharsets;

/**
 * Where the chain ended at some moment, and the proof that this system has said so: a line of
 * {@code heads.jsonl}.
 *
 * @param at when it was signed, ISO 8601 UTC
 * @param previous SHA-256 of the line before, without its end; 64 zeros for the first
 * @param signature Ed25519 over {@link #signed}, Base64
 */
record SignedHead(long sequence, String hash, String at, String previous, String signature) {

  /** What stands before the first line. */
  static final String BEGINNING = "0".repeat(64);

  /** The bytes that are signed. */
  static byte[] signed(AuditHead head, String at, String previous) {
    return "airlock audit head 1\n%d\n%s\n%s\n%s\n"
        .formatted(head.sequence(), head.hash(), at, previous)
        .getBytes(StandardCharsets.UTF_8);
  }

  byte[] signed() {
    return signed(head(), at, previous);
  }

  AuditHead head() {
    return new AuditHead(sequence, hash);
  }
}
