package dev.airlock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The chain of the audit, reckoned anew from the rows of an export. It shares no code with the
 * server on purpose: a server that reckons wrongly, or says what it likes, is found out.
 */
final class AuditTrail {

  /** After so many faults no more are listed. */
  private static final int MOST_FAULTS = 20;

  /** The fields that a hash is over, in their order, between the time and the hash before. */
  private static final List<String> FIELDS =
      List.of(
          "actor",
          "action",
          "entity",
          "entityId",
          "before",
          "after",
          "channel",
          "address",
          "token",
          "requestId");

  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final SignedHeads signed;
  private final List<String> faults;
  private long last;
  private long rows;
  private String lastHash = "0".repeat(64);

  AuditTrail(SignedHeads signed) {
    this.signed = signed;
    this.faults = new ArrayList<>(signed.faults());
  }

  /** The next row, as a line of JSON. */
  void add(String line) {
    rows++;
    JsonNode row;
    try {
      row = Api.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      fault("Line %d is no row of the audit.".formatted(rows));
      return;
    }
    long sequence = row.path("sequence").asLong();
    String hash = row.path("hash").asText();
    if (sequence > last + 1) {
      fault(
          sequence == last + 2
              ? "Row %d is gone.".formatted(last + 1)
              : "Rows %d to %d are gone.".formatted(last + 1, sequence - 1));
    } else if (sequence <= last) {
      fault("Row %d stands where row %d is expected.".formatted(sequence, last + 1));
    } else if (!row.path("previousHash").asText().equals(lastHash)) {
      fault("Row %d does not follow row %d.".formatted(sequence, last));
    }
    if (!reckoned(row).equals(hash)) {
      fault(
          "Row %d (%s, %s of %s %s) was altered."
              .formatted(
                  sequence,
                  row.path("actor").asText(),
                  row.path("action").asText(),
                  row.path("entity").asText(),
                  row.path("entityId").asText()));
    }
    String known = signed.hashes().get(sequence);
    if (known != null && !known.equals(hash)) {
      fault(
          "The chain was written anew: the head that was signed at row %d has another hash."
              .formatted(sequence));
    }
    last = sequence;
    lastHash = hash;
  }

  /** The hash that a row should have; empty where its time is none. */
  static String reckoned(JsonNode row) {
    StringBuilder text = new StringBuilder();
    field(text, row.path("sequence").asText());
    try {
      field(text, MICROSECONDS.format(Instant.parse(row.path("at").asText())));
    } catch (DateTimeException e) {
      return "";
    }
    FIELDS.forEach(name -> field(text, row.path(name)));
    field(text, row.path("previousHash").asText());
    return sha256(text.toString());
  }

  private static void field(StringBuilder text, JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      text.append('-');
    } else {
      field(text, value.asText());
    }
  }

  private static void field(StringBuilder text, String value) {
    text.append(value.getBytes(StandardCharsets.UTF_8).length).append(':').append(value);
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private void fault(String sentence) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(sentence);
    }
  }

  /** What is wrong, one sentence each; nothing where all is well. */
  List<String> end() {
    if (!signed.hashes().isEmpty() && signed.hashes().lastKey() > last) {
      fault(
          "The tail was cut: a head was signed at row %d, and the rows end at %d."
              .formatted(signed.hashes().lastKey(), last));
    }
    return List.copyOf(faults);
  }

  long rows() {
    return rows;
  }

  /** A word about rows that no head vouches for yet; empty where there are none. */
  String beyondHeads() {
    long beyond = last - (signed.hashes().isEmpty() ? 0 : signed.hashes().lastKey());
    return beyond <= 0
        ? ""
        : " The newest %s not signed yet: that takes a minute."
            .formatted(beyond == 1 ? "row is" : "%,d rows are".formatted(beyond));
  }
}
