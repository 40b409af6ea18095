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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where the audit's chain has ended at times, as the web process has signed it outside the
 * database.
 */
final class SignedHeads {
  private final NavigableMap<Long, String> hashes = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private String newest = "";

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
    for (String line : Files.readAllLines(file)) {
      number++;
      heads.add(line, before, key, "Line %d of %s".formatted(number, file));
      before = AuditTrail.sha256(line);
    }
    return heads;
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
    if (!head.path("previous").asText().equals(before)) {
      faults.add(place + " follows another line than the one before it: a line is gone.");
    }
    long sequence = head.path("sequence").asLong();
    String hash = head.path("hash").asText();
    String other = hashes.put(sequence, hash);
    if (other != null && !other.equals(hash)) {
      faults.add(
          place + " signs another hash of row %d than a line before it.".formatted(sequence));
    }
    newest = head.path("at").asText();
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

  /** The hash that was signed for a row, by its place; the last of them is the newest. */
  NavigableMap<Long, String> hashes() {
    return hashes;
  }

  /** What is wrong with the heads themselves, one sentence each. */
  List<String> faults() {
    return faults;
  }

  /** How many there are, in words. */
  String words() {
    return hashes.isEmpty()
        ? "no signed head, since none was signed yet"
        : "%,d signed head%s, the newest of %s"
            .formatted(hashes.size(), hashes.size() == 1 ? "" : "s", newest);
  }
}
