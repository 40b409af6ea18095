package dev.airlock.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;

/**
 * What a backup holds: the last entry of its archive.
 *
 * @param format of the archive
 * @param airlock the release that made it
 * @param cutAt the moment of which everything is, in ISO 8601
 * @param home the absolute path of the home it was made of
 * @param temporal where Temporal kept its state: {@code embedded}, {@code memory}, or host:port
 * @param rows how many rows of PostgreSQL it holds
 * @param notCovered what it does not hold, a sentence each
 * @param parts every other entry
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record BackupManifest(
    int format,
    String airlock,
    String cutAt,
    String home,
    String temporal,
    long rows,
    List<String> notCovered,
    List<Part> parts) {

  /** The format that this release writes, and the newest that it reads. */
  static final int FORMAT = 1;

  static final String ENTRY = "manifest.json";

  BackupManifest {
    notCovered = List.copyOf(notCovered);
    parts = List.copyOf(parts);
  }

  /**
   * One file.
   *
   * @param path in the archive
   * @param sha256 in lower-case hex
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Part(String path, long bytes, String sha256) {}

  String json() {
    return Api.write(this);
  }

  /**
   * Reads one.
   *
   * @throws DamagedBackupException where it is none, or of a newer release
   */
  static BackupManifest read(byte[] json) {
    try {
      BackupManifest manifest = Api.JSON.readValue(json, BackupManifest.class);
      if (manifest == null) {
        throw new DamagedBackupException("is damaged: its manifest says nothing");
      }
      if (manifest.format() > FORMAT) {
        throw new DamagedBackupException(
            "is of format %d, made by Airlock %s; this release reads up to %d: restore it with the release that made it, or a newer one"
                .formatted(manifest.format(), manifest.airlock(), FORMAT));
      }
      return manifest;
    } catch (IOException e) {
      // Of bytes: there is no other reason than what they say.
      throw new DamagedBackupException("is damaged: its manifest is no JSON: " + why(e));
    }
  }

  private static String why(IOException e) {
    return ""
        + (e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage());
  }

  /** How many bytes lie under a folder of the archive. */
  long bytesOf(String folder) {
    return parts.stream()
        .filter(part -> part.path().startsWith(folder))
        .mapToLong(Part::bytes)
        .sum();
  }

  /** How many files lie under a folder of the archive. */
  long filesOf(String folder) {
    return parts.stream().filter(part -> part.path().startsWith(folder)).count();
  }
}
