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
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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
  private final Set<String> known;
  private final Map<Long, List<SignedHeads.Head>> bySequence;
  private final List<SignedHeads.Head> astray = new ArrayList<>();
  private final List<Restored> restores = new ArrayList<>();
  private final List<String> faults;
  private long last;
  private long rows;
  private String lastHash = "0".repeat(64);

  /**
   * Begins.
   *
   * @param known the backups' files of which the asker knows that the system was restored from them
   */
  AuditTrail(SignedHeads signed, Collection<String> known) {
    this.signed = signed;
    this.known = Set.copyOf(known);
    this.bySequence =
        signed.heads().stream().collect(Collectors.groupingBy(SignedHeads.Head::sequence));
    this.faults = new ArrayList<>(signed.faults());
  }

  /**
   * A row that says that the system was restored: what came after its backup is gone, and so are
   * the rows that heads of that time have seen.
   */
  private record Restored(long sequence, Instant at, String file, String from, boolean isKnown) {
    boolean explains(SignedHeads.Head head) {
      return isKnown && saw(head);
    }

    /** Whether the head may have seen what the restore has left behind. */
    boolean saw(SignedHeads.Head head) {
      return head.sequence() >= sequence && head.at().isBefore(at);
    }
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
    bySequence.getOrDefault(sequence, List.of()).stream()
        .filter(head -> !head.hash().equals(hash))
        .forEach(astray::add);
    if (row.path("action").asText().equals("restore")) {
      noteRestore(row, sequence);
    }
    last = sequence;
    lastHash = hash;
  }

  private void noteRestore(JsonNode row, long sequence) {
    try {
      JsonNode after = Api.JSON.readTree(row.path("after").asText());
      restores.add(
          new Restored(
              sequence,
              Instant.parse(row.path("at").asText()),
              row.path("entityId").asText(),
              "%s, a backup of %s"
                  .formatted(row.path("entityId").asText(), after.path("cutAt").asText()),
              known.contains(row.path("entityId").asText())));
    } catch (JsonProcessingException | DateTimeException e) {
      fault("Row %d says that the system was restored, and not from what.".formatted(sequence));
    }
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
    // Rows of before it was kept have none, and nothing in its place.
    if (row.hasNonNull("writtenBy")) {
      field(text, row.path("writtenBy"));
    }
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
    signed.heads().stream().filter(head -> head.sequence() > last).forEach(astray::add);
    SignedHeads.Head cut = null;
    for (SignedHeads.Head head : astray) {
      if (restores.stream().anyMatch(restored -> restored.explains(head))) {
        continue;
      }
      if (head.sequence() > last) {
        cut = cut == null || cut.sequence() < head.sequence() ? head : cut;
      } else {
        fault(
            "The chain was written anew: the head that was signed at row %d has another hash."
                .formatted(head.sequence()));
      }
    }
    if (cut != null) {
      fault(
          "The tail was cut: a head was signed at row %d, and the rows end at %d."
              .formatted(cut.sequence(), last));
    }
    signed.forks().stream()
        .filter(
            fork ->
                restores.stream()
                    .filter(Restored::isKnown)
                    .noneMatch(restored -> !fork.at().isBefore(restored.at())))
        .forEach(fork -> fault(fork.fault()));
    restores.stream()
        .filter(restored -> !restored.isKnown() && astray.stream().anyMatch(restored::saw))
        .forEach(
            restored ->
                fault(
                    "Row %d says that %s was restored, which would explain it: if you know of that, say --restored %s."
                        .formatted(restored.sequence(), restored.from(), restored.file())));
    return List.copyOf(faults);
  }

  /** A sentence about each restore; to be asked for after {@link #end}. */
  List<String> restores() {
    return restores.stream().map(this::words).toList();
  }

  private String words(Restored restored) {
    long lost = astray.stream().filter(restored::saw).count();
    String heads =
        lost == 0
            ? ""
            : " %,d head%s that %s signed before that moment vouch%s for rows that it has left behind."
                .formatted(
                    lost, lost == 1 ? "" : "s", lost == 1 ? "was" : "were", lost == 1 ? "es" : "");
    return "Row %d: restored at %s from %s.%s If nobody knows of this, the rows after %d were cut off."
        .formatted(
            restored.sequence(), restored.at(), restored.from(), heads, restored.sequence() - 1);
  }

  long rows() {
    return rows;
  }

  /** A word about rows that no head vouches for yet; empty where there are none. */
  String beyondHeads() {
    long beyond = last - signed.last();
    return beyond <= 0
        ? ""
        : " The newest %s not signed yet: that takes a minute."
            .formatted(beyond == 1 ? "row is" : "%,d rows are".formatted(beyond));
  }
}
