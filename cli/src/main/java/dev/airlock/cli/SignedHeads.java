package dev.airlock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the audit's chain has ended at times, as the web process has signed it outside the
 * database.
 */
final class SignedHeads {
  private final List<Head> heads = new ArrayList<>();
  private final Set<String> digests = new HashSet<>();
  private final List<String> faults = new ArrayList<>();
  private final List<Fork> forks = new ArrayList<>();

  /**
   * One of them.
   *
   * @param sequence the row that was the last
   */
  record Head(long sequence, String hash, Instant at) {}

  /**
   * A line that follows an earlier one than the line before it, which only a restore does.
   *
   * @param fault what it is otherwise
   */
  record Fork(String fault, Instant at) {}

  private SignedHeads() {}

  /**
   * Reads a file of heads, each of which this key must have signed.
   *
   * @throws CommandException where the key is none
   */
  static SignedHeads read(Path file, Path keyFile) throws IOException {
    PublicKey key = key(keyFile);
    SignedHeads heads = new SignedHeads();
    String before = "0".repeat(64);
    int number = 0;
    for (String line : lines(file)) {
      number++;
      heads.add(line, before, key, "Line %d of %s".formatted(number, file));
      before = AuditTrail.sha256(line);
      heads.digests.add(before);
    }
    return heads;
  }

  /**
   * A last line that was begun and not ended was never a head: its process died, or was cut off.
   */
  private static List<String> lines(Path file) throws IOException {
    String text = Files.readString(file);
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (!lines.isEmpty() && !text.endsWith("\n") && !isJson(lines.get(lines.size() - 1))) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  private static boolean isJson(String line) {
    try {
      return Api.JSON.readTree(line).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static PublicKey key(Path file) throws IOException {
    String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw CommandException.wrongUse(file + " holds no public Ed25519 key in PEM.");
    }
  }

  private void add(String line, String before, PublicKey key, String place) {
    JsonNode head;
    try {
      head = Api.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      faults.add(place + " is no signed head.");
      return;
    }
    if (!isSigned(head, key)) {
      faults.add(place + " was not signed by this key.");
      return;
    }
    Instant at;
    try {
      at = Instant.parse(head.path("at").asText());
    } catch (DateTimeException e) {
      faults.add(place + " says no time.");
      return;
    }
    String previous = head.path("previous").asText();
    if (!previous.equals(before)) {
      String fault = place + " follows another line than the one before it: a line is gone.";
      if (digests.contains(previous)) {
        forks.add(new Fork(fault, at));
      } else {
        faults.add(fault);
      }
    }
    heads.add(new Head(head.path("sequence").asLong(), head.path("hash").asText(), at));
  }

  private static boolean isSigned(JsonNode head, PublicKey key) {
    String text =
        "airlock audit head 1\n%d\n%s\n%s\n%s\n"
            .formatted(
                head.path("sequence").asLong(),
                head.path("hash").asText(),
                head.path("at").asText(),
                head.path("previous").asText());
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(text.getBytes(StandardCharsets.UTF_8));
      return check.verify(Base64.getDecoder().decode(head.path("signature").asText()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** All, in the order in which they were signed. */
  List<Head> heads() {
    return heads;
  }

  /** The last row that any of them names; 0 for none. */
  long last() {
    return heads.stream().mapToLong(Head::sequence).max().orElse(0);
  }

  /** What is wrong with the heads themselves, one sentence each. */
  List<String> faults() {
    return faults;
  }

  /** What is wrong as well, unless the system was restored before it. */
  List<Fork> forks() {
    return forks;
  }

  /** How many there are, in words. */
  String words() {
    return heads.isEmpty()
        ? "no signed head, since none was signed yet"
        : "%,d signed head%s, the newest of %s"
            .formatted(
                heads.size(), heads.size() == 1 ? "" : "s", heads.get(heads.size() - 1).at());
  }
}
