package dev.airlock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files of datasets that a backup has brought here readable here: Iceberg's metadata,
 * lists of manifests and manifests name each other, and the files of rows, by absolute paths, which
 * are rewritten. Every file that a snapshot needs is looked for, so that none is missed later.
 */
public final class WarehouseMove {

  private static final Logger LOG = LoggerFactory.getLogger(WarehouseMove.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SCHEMES = List.of("file://", "file:", "");
  private static final int DELETED = 2;

  private final Path from;
  private final Path to;
  private final Path here;
  private final Map<String, Long> manifests = new HashMap<>();
  private long files;

  /**
   * Moves what lies in one folder.
   *
   * @param from the warehouse's absolute path, as the files say it
   * @param to its absolute path, as they are to say it
   * @param here where they are at this moment
   */
  WarehouseMove(Path from, Path to, Path here) {
    this.from = from;
    this.to = to;
    this.here = here;
  }

  /**
   * Reads AIRLOCK_BACKUP_FOLDER, the folder of the database's dump; AIRLOCK_BACKUP_WAREHOUSE_FROM,
   * AIRLOCK_BACKUP_WAREHOUSE_TO and AIRLOCK_BACKUP_WAREHOUSE_HERE, absolute paths.
   */
  public static void main(String[] arguments) {
    try {
      Path dump = setting("AIRLOCK_BACKUP_FOLDER").resolve("database.json");
      WarehouseMove move =
          new WarehouseMove(
              setting("AIRLOCK_BACKUP_WAREHOUSE_FROM"),
              setting("AIRLOCK_BACKUP_WAREHOUSE_TO"),
              setting("AIRLOCK_BACKUP_WAREHOUSE_HERE"));
      for (JsonNode metadata : JSON.readTree(dump.toFile()).path("metadata")) {
        move.table(metadata.asText());
      }
      System.out.println("READY move " + move.files() + " files of rows");
    } catch (IOException | RuntimeException e) {
      LOG.debug("The files of datasets can't be moved", e);
      System.err.println("The files of datasets can't be moved: " + reason(e));
      System.exit(1);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static Path setting(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(name + " is missing: set it to an absolute path.");
    }
    return Path.of(value);
  }

  /** How many files of rows were found where they have to be. */
  long files() {
    return files;
  }

  /**
   * Moves one table: all snapshots that its metadata names.
   *
   * @param metadata the table's metadata file, as the catalog of the backup names it
   * @throws IOException where a file that a snapshot needs is missing or damaged
   */
  void table(String metadata) throws IOException {
    Path file = place(metadata);
    JsonNode described = JSON.readTree(file.toFile());
    for (JsonNode snapshot : described.path("snapshots")) {
      manifestList(place(snapshot.path("manifest-list").asText()));
    }
    if (isMoved()) {
      Path fresh = beside(file);
      JSON.writeValue(fresh.toFile(), moved(described));
      replace(file, fresh);
    }
  }

  private boolean isMoved() {
    return !from.equals(to);
  }

  private void manifestList(Path list) throws IOException {
    rewrite(
        list,
        manifest -> {
          String path = manifest.get("manifest_path").toString();
          Object content = manifest.hasField("content") ? manifest.get("content") : null;
          if (content != null && ((Number) content).intValue() != 0) {
            throw new IOException(
                list + " names deleted rows by their files' paths, which can't be moved.");
          }
          manifest.put("manifest_length", manifest(path));
          manifest.put("manifest_path", new Utf8(moved(path)));
        });
  }

  /** Its length, after it was moved. */
  private long manifest(String path) throws IOException {
    Long known = manifests.get(path);
    if (known != null) {
      return known;
    }
    Path file = place(path);
    rewrite(
        file,
        entry -> {
          GenericRecord rows = (GenericRecord) entry.get("data_file");
          String rowsPath = rows.get("file_path").toString();
          if (((Number) entry.get("status")).intValue() != DELETED) {
            require(rowsPath, ((Number) rows.get("file_size_in_bytes")).longValue());
          }
          rows.put("file_path", new Utf8(moved(rowsPath)));
        });
    long length = Files.size(file);
    manifests.put(path, length);
    return length;
  }

  private void require(String rowsPath, long size) throws IOException {
    Path file = place(rowsPath);
    if (Files.size(file) != size) {
      throw new IOException(
          "%s has %d bytes; its table needs %d.".formatted(file, Files.size(file), size));
    }
    files++;
  }

  /** Reads all records; writes them again, as they were changed, where the files have moved. */
  private void rewrite(Path file, Change change) throws IOException {
    Path fresh = beside(file);
    try (DataFileReader<GenericRecord> reader =
            new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
        DataFileWriter<GenericRecord> writer =
            new DataFileWriter<>(new GenericDatumWriter<>(reader.getSchema()))) {
      String codec = reader.getMetaString(DataFileConstants.CODEC);
      writer.setCodec(CodecFactory.fromString(codec == null ? "null" : codec));
      for (String key : reader.getMetaKeys()) {
        if (!DataFileWriter.isReservedMeta(key)) {
          writer.setMeta(key, reader.getMeta(key));
        }
      }
      writer.create(reader.getSchema(), fresh.toFile());
      for (GenericRecord row : reader) {
        change.apply(row);
        writer.append(row);
      }
    }
    if (isMoved()) {
      replace(file, fresh);
    } else {
      Files.delete(fresh);
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".moved");
  }

  /** Hadoop's checksum beside it would no longer be right; without one there is no check. */
  private static void replace(Path file, Path fresh) throws IOException {
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private JsonNode moved(JsonNode node) {
    if (node instanceof TextNode text) {
      return new TextNode(moved(text.asText()));
    }
    if (node instanceof ArrayNode array) {
      List<JsonNode> all = new ArrayList<>();
      array.forEach(child -> all.add(moved(child)));
      return JSON.createArrayNode().addAll(all);
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      object.properties().forEach(entry -> copy.set(entry.getKey(), moved(entry.getValue())));
      return copy;
    }
    return node;
  }

  /** A text that begins with the old warehouse, beginning with the new one; any other as it is. */
  private String moved(String text) {
    for (String scheme : SCHEMES) {
      String old = scheme + from + "/";
      if (text.startsWith(old)) {
        return scheme + to + "/" + text.substring(old.length());
      }
    }
    return text;
  }

  private Path place(String location) throws IOException {
    for (String scheme : SCHEMES) {
      String old = scheme + from + "/";
      if (location.startsWith(old)) {
        Path file = here.resolve(location.substring(old.length())).normalize();
        if (!file.startsWith(here) || !Files.isRegularFile(file)) {
          throw new IOException("The backup lacks " + location + ", which a dataset needs.");
        }
        return file;
      }
    }
    throw new IOException(location + " lies outside of the warehouse " + from + ".");
  }

  /** What is done to each record. */
  @FunctionalInterface
  private interface Change {
    void apply(GenericRecord row) throws IOException;
  }
}
