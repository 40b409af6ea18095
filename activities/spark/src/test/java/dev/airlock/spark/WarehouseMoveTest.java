package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that Iceberg has written, with two snapshots, is found by Iceberg where it was moved. */
final class WarehouseMoveTest {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "n", Types.LongType.get()));

  @TempDir private Path folder;
  private Path old;
  private Path fresh;
  private String metadata;

  @BeforeEach
  void write() throws IOException {
    old = folder.resolve("old/warehouse");
    fresh = folder.resolve("new/warehouse");
    Files.createDirectories(old);
    Table table =
        new HadoopTables()
            .create(SCHEMA, PartitionSpec.unpartitioned(), old.resolve("shop/raw").toString());
    append(table, "1.parquet", "one row");
    append(table, "2.parquet", "another row");
    metadata = newest(old).toString();
  }

  private static void append(Table table, String name, String rows) throws IOException {
    Path file = Path.of(table.location()).resolve("data").resolve(name);
    Files.createDirectories(file.resolve("..").normalize());
    Files.writeString(file, rows);
    table
        .newFastAppend()
        .appendFile(
            DataFiles.builder(PartitionSpec.unpartitioned())
                .withPath(file.toString())
                .withFileSizeInBytes(rows.length())
                .withRecordCount(1)
                .build())
        .commit();
  }

  private static Path newest(Path warehouse) throws IOException {
    try (Stream<Path> files = Files.list(warehouse.resolve("shop/raw/metadata"))) {
      return files
          .filter(file -> file.toString().endsWith(".metadata.json"))
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .max(Comparator.comparing(Path::getFileName))
          .orElseThrow();
    }
  }

  private WarehouseMove moved() throws IOException {
    Files.createDirectories(fresh.resolve("..").normalize());
    Files.move(old, fresh);
    WarehouseMove move = new WarehouseMove(old, fresh, fresh);
    move.table(metadata);
    return move;
  }

  private static List<String> rows(Table table, Snapshot snapshot) throws IOException {
    try (CloseableIterable<FileScanTask> files =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      return StreamSupport.stream(files.spliterator(), false)
          .map(task -> task.file().location())
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldLeaveATableThatIcebergReadsWhereItIsNow() throws IOException {
    WarehouseMove move = moved();

    assertEquals(2, move.files(), "files of rows, each once");
    Table table = new HadoopTables().load(fresh.resolve("shop/raw").toString());
    assertEquals(fresh.resolve("shop/raw").toString(), table.location());
    String data = fresh.resolve("shop/raw/data").toString();
    List<Snapshot> snapshots =
        StreamSupport.stream(table.snapshots().spliterator(), false).toList();
    assertEquals(List.of(data + "/1.parquet"), rows(table, snapshots.get(0)));
    assertEquals(List.of(data + "/1.parquet", data + "/2.parquet"), rows(table, snapshots.get(1)));
    try (Stream<Path> left = Files.walk(fresh)) {
      assertTrue(left.noneMatch(file -> file.toString().endsWith(".moved")));
    }
  }

  @Test
  void shouldChangeNothingWhereNothingHasMoved() throws IOException {
    byte[] before = Files.readAllBytes(Path.of(metadata));
    WarehouseMove move = new WarehouseMove(old, old, old);

    move.table(metadata);

    assertEquals(2, move.files());
    assertArrayEquals(before, Files.readAllBytes(Path.of(metadata)));
  }

  @Test
  void shouldNameAFileThatASnapshotNeedsAndTheBackupLacks() throws IOException {
    Files.delete(old.resolve("shop/raw/data/1.parquet"));

    IOException fault = assertThrows(IOException.class, this::moved);

    assertEquals(
        "The backup lacks %s/shop/raw/data/1.parquet, which a dataset needs.".formatted(old),
        fault.getMessage());
  }

  @Test
  void shouldNameAFileOfAnotherSize() throws IOException {
    Files.writeString(old.resolve("shop/raw/data/2.parquet"), "half");

    IOException fault = assertThrows(IOException.class, this::moved);

    String said = String.valueOf(fault.getMessage());
    assertTrue(said.endsWith("has 4 bytes; its table needs 11."), said);
  }

  @Test
  void shouldRefuseAPlaceOutsideOfTheWarehouse() {
    WarehouseMove move = new WarehouseMove(fresh, old, old);

    IOException fault = assertThrows(IOException.class, () -> move.table(metadata));

    assertEquals(
        "%s lies outside of the warehouse %s.".formatted(metadata, fresh), fault.getMessage());
  }
}
