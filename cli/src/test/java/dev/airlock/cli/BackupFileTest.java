package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupFileTest {

  private static final String LONG = "home/warehouse/" + "deep/".repeat(40) + "Gewährung-☂.parquet";

  @TempDir Path folder;
  private Path file;
  private Path home;

  @BeforeEach
  void place() {
    file = folder.resolve("backup.tar.gz");
    home = folder.resolve("home");
  }

  private Path source(String name, String text, String permissions) throws IOException {
    Path source = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString(permissions));
    return source;
  }

  private void write() throws IOException {
    write(100_000);
  }

  private void write(int rows) throws IOException {
    try (BackupWriter writer = BackupWriter.begin(file, bytes -> {})) {
      writer.add("home/secrets/app.password", source("password", "secret", "rw-------"));
      writer.add("home/run.sh", source("run", "#!/bin/sh", "rwxr-x---"));
      writer.add(LONG, source("rows", "rows ".repeat(rows), "rw-r--r--"));
      writer.add("database/airlock.run.copy.gz", source("table", "", "rw-r--r--"));
      writer.finish(manifest(BackupManifest.FORMAT, writer.parts()));
    }
  }

  private static BackupManifest manifest(int format, List<BackupManifest.Part> parts) {
    return new BackupManifest(
        format, "0.1.0", "2026-11-22T06:00:00Z", "/srv/old", "embedded", 12, List.of(), parts);
  }

  private BackupReader reader() {
    return new BackupReader(file, bytes -> {});
  }

  @Test
  void shouldGiveBackEachFileWithItsMode() throws IOException {
    write();

    BackupManifest manifest = reader().verified();
    reader().extract(manifest, BackupReader.HOME, home);

    assertEquals("secret", Files.readString(home.resolve("secrets/app.password")));
    assertEquals("rw-------", mode(home.resolve("secrets/app.password")));
    assertEquals("rwxr-x---", mode(home.resolve("run.sh")));
    assertEquals(500_000, Files.size(home.resolve(LONG.substring("home/".length()))));
    assertFalse(Files.exists(home.resolve("airlock.run.copy.gz")), "only what was asked for");
    assertEquals("rw-------", mode(file), "it holds secrets");
    assertFalse(Files.exists(folder.resolve("backup.tar.gz.part")));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void shouldLeaveNothingWhenItIsNotFinished() throws IOException {
    try (BackupWriter writer = BackupWriter.begin(file, bytes -> {})) {
      writer.add("home/run.sh", source("run", "#!/bin/sh", "rwxr-x---"));
    }

    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of("run"), left.map(path -> "" + path.getFileName()).toList());
    }
  }

  @Test
  void shouldRefuseItWhereverItIsCutOff() throws IOException {
    write();
    byte[] whole = Files.readAllBytes(file);
    for (int tenth = 0; tenth < 10; tenth++) {
      Files.write(file, Arrays.copyOf(whole, whole.length * tenth / 10));

      DamagedBackupException refused =
          assertThrows(DamagedBackupException.class, () -> reader().verified());
      assertTrue(("" + refused.getMessage()).startsWith("is "), refused::toString);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThrows(DamagedBackupException.class, () -> reader().verified());
  }

  @Test
  void shouldRefuseItWhereverABitIsWrong() throws IOException {
    write(10);
    byte[] whole = Files.readAllBytes(file);
    byte[] content = unzipped(whole);
    for (int place = 0; place < whole.length; place++) {
      byte[] wrong = whole.clone();
      wrong[place] ^= (byte) (1 << (place % Byte.SIZE));
      Files.write(file, wrong);

      if (!Arrays.equals(content, unzipped(wrong))) {
        assertThrows(DamagedBackupException.class, () -> reader().verified(), "byte " + place);
      } else {
        // The time in the head of gzip, or zeros that are taken from other zeros.
        reader().verified();
      }
    }
  }

  /** What a file holds; nothing where it can't be read. */
  private static byte[] unzipped(byte[] file) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  @Test
  void shouldRefuseWhatIsNoBackup() throws IOException {
    Files.writeString(file, "Dear diary,");

    refused("is no backup of Airlock");
  }

  private void refused(String because) {
    DamagedBackupException refused =
        assertThrows(DamagedBackupException.class, () -> reader().verified());
    assertTrue(("" + refused.getMessage()).contains(because), refused::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "home/../../etc/passwd",
        "/etc/passwd",
        "home/a/./b",
        "elsewhere/file",
        "home/../database/x"
      })
  void shouldRefuseAnEntryThatLeavesItsFolder(String name) throws IOException {
    forged(List.of(entry(name, TarConstants.LF_NORMAL)));

    refused("leaves its folder");
  }

  @Test
  void shouldRefuseLinks() throws IOException {
    forged(List.of(entry("home/link", TarConstants.LF_SYMLINK)));
    refused("is no plain file");
    forged(List.of(entry("home/link", TarConstants.LF_LINK)));
    refused("is no plain file");
  }

  @Test
  void shouldRefuseTheSameFileTwice() throws IOException {
    forged(
        List.of(entry("home/a", TarConstants.LF_NORMAL), entry("home/a", TarConstants.LF_NORMAL)));

    refused("home/a twice");
  }

  @Test
  void shouldRefuseWhatTheManifestDoesNotName() throws IOException {
    forged(List.of(entry("home/a", TarConstants.LF_NORMAL)));

    refused("its manifest knows nothing of home/a");
  }

  @Test
  void shouldRefuseAnArchiveOfANewerRelease() throws IOException {
    try (BackupWriter writer = BackupWriter.begin(file, bytes -> {})) {
      writer.finish(manifest(BackupManifest.FORMAT + 1, List.of()));
    }

    refused("restore it with the release that made it");
  }

  @Test
  void shouldRefuseAManifestThatNamesAFileTwice() throws IOException {
    try (BackupWriter writer = BackupWriter.begin(file, bytes -> {})) {
      writer.add("home/run.sh", source("run", "#!/bin/sh", "rwxr-x---"));
      List<BackupManifest.Part> twice = new ArrayList<>(writer.parts());
      twice.addAll(writer.parts());
      writer.finish(manifest(BackupManifest.FORMAT, twice));
    }

    refused("its manifest names home/run.sh twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[]", "7", "", "{\"parts\": [null]}"})
  void shouldRefuseAManifestThatIsNone(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

    assertThrows(DamagedBackupException.class, () -> BackupManifest.read(bytes));
  }

  private static TarArchiveEntry entry(String name, byte type) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    if (type != TarConstants.LF_NORMAL) {
      entry.setLinkName("/etc/passwd");
    }
    return entry;
  }

  /** An archive that no writer of ours would make, with a manifest that says nothing. */
  private void forged(List<TarArchiveEntry> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      List<TarArchiveEntry> all = new ArrayList<>(entries);
      byte[] json = manifest(1, List.of()).json().getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry last = new TarArchiveEntry(BackupManifest.ENTRY);
      last.setSize(json.length);
      all.add(last);
      for (TarArchiveEntry entry : all) {
        tar.putArchiveEntry(entry);
        if (entry.getName().equals(BackupManifest.ENTRY)) {
          tar.write(json);
        }
        tar.closeArchiveEntry();
      }
    }
  }

  @Test
  void shouldLeaveAHomeAloneThatIsNotEmpty() throws IOException {
    write();
    Files.createDirectories(home);
    Files.writeString(home.resolve("mine"), "precious");

    String refusal = refusal(new Home(home));

    assertTrue(refusal.contains("is not empty"), refusal);
    assertEquals("precious", Files.readString(home.resolve("mine")));
  }

  @Test
  void shouldWriteNothingWhenTheFileIsDamaged() throws IOException {
    write();
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 900));

    String refusal = refusal(new Home(home));

    assertTrue(refusal.contains("is damaged"), refusal);
    assertFalse(Files.exists(home));
    try (Stream<Path> beside = Files.list(folder)) {
      assertTrue(beside.noneMatch(path -> path.toString().contains("restore")));
    }
  }

  @Test
  void shouldAskForTheSettingsWhenTheSystemHasAPostgresOfItsOwn() throws IOException {
    Home own = new Home(Files.createDirectory(home));
    StateFile.State running =
        new StateFile.State(
            StateFile.Entry.of(ProcessHandle.current(), 0), "http://127.0.0.1:1", false, Map.of());

    String refusal = backupRefusal(own, Map.of(), Optional.of(running));
    assertTrue(refusal.contains("AIRLOCK_ settings that `up` was started with"), refusal);
    refusal = backupRefusal(own, Map.of(), Optional.empty());
    assertTrue(refusal.contains("There is no PostgreSQL in " + home), refusal);
    assertTrue(refusal.contains("give this command the AIRLOCK_ settings"), refusal);
    assertFalse(Files.exists(file));
  }

  @Test
  void shouldNotTakeTheRowsOfAnotherPostgresThanTheSystems() throws IOException {
    Home own = new Home(Files.createDirectory(home));
    StateFile.Entry here = StateFile.Entry.of(ProcessHandle.current(), 5432);
    StateFile.State running =
        new StateFile.State(here, "http://127.0.0.1:1", false, Map.of("postgres", here));

    String refusal =
        backupRefusal(
            own,
            Map.of(
                "AIRLOCK_DATABASE_URL",
                "jdbc:postgresql://db:5432/airlock",
                "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE",
                "/none",
                "AIRLOCK_DATABASE_PASSWORD_FILE",
                "/none"),
            Optional.of(running));

    assertTrue(refusal.contains("AIRLOCK_DATABASE_URL names another"), refusal);
    assertFalse(Files.exists(file));
  }

  private String backupRefusal(
      Home own, Map<String, String> environment, Optional<StateFile.State> running) {
    Backup backup =
        new Backup(
            Settings.read(own, environment),
            new Distribution(folder),
            file,
            new Meter(Terminal.of(new PrintWriter(Writer.nullWriter())), true),
            running);
    return "" + assertThrows(CommandException.class, backup::write).getMessage();
  }

  private String refusal(Home target) {
    Restore restore =
        new Restore(
            file,
            target,
            Map.of(),
            new Distribution(folder),
            new Meter(Terminal.of(new PrintWriter(Writer.nullWriter())), true));
    return "" + assertThrows(CommandException.class, restore::restore).getMessage();
  }

  @Test
  void shouldTakeEveryFileOfAHomeButWhatIsTakenOtherwise() throws IOException {
    for (String path :
        List.of(
            "secrets/app.password",
            "users/ada.json",
            "audit/heads.jsonl",
            "connections/shop.properties",
            "airlock.properties",
            "mask.key",
            "journal/one/0000000000.log",
            "journal/one/0000000001.log.shipped",
            "logs/attempts/run-1/raw/1.log",
            "logs/web.log",
            "postgres/PG_VERSION",
            "temporal/temporal.db",
            "scratch/spill",
            "state.json",
            "artifacts/sha256/ab/ab",
            "warehouse/shop/raw/data/1.parquet")) {
      Path made = home.resolve(path);
      Files.createDirectories(made.resolve("..").normalize());
      Files.writeString(made, path);
    }

    assertEquals(
        Set.of(
            "secrets/app.password",
            "users/ada.json",
            "audit/heads.jsonl",
            "connections/shop.properties",
            "airlock.properties",
            "mask.key",
            "journal/one/0000000000.log",
            "journal/one/0000000001.log",
            "logs/attempts/run-1/raw/1.log"),
        HomeFiles.small(new Home(home)).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal/one/0000000000.log", "logs/attempts/worker-1.journal"})
  void shouldCopyWhatIsShippedAfterItWasListed(String path) throws IOException {
    Path made = home.resolve(path);
    Files.createDirectories(made.resolve("..").normalize());
    Files.writeString(made, "said before the cut");
    Path listed = Objects.requireNonNull(HomeFiles.onTheirWay(new Home(home)).get(path));
    Files.move(made, made.resolveSibling(made.getFileName() + ".shipped"));
    Path copy = folder.resolve("copy");
    HomeFiles.copy(listed, copy);

    assertEquals("said before the cut", Files.readString(copy));
    Files.delete(made.resolveSibling(made.getFileName() + ".shipped"));
    assertThrows(NoSuchFileException.class, () -> HomeFiles.copy(listed, copy));
  }

  @Test
  void shouldListWhatIsShippedMeanwhile() throws Exception {
    Path journal = Files.createDirectories(home.resolve("journal/one"));
    Set<String> all = new TreeSet<>();
    for (int i = 0; i < 3_000; i++) {
      String name = "%010d.log".formatted(i);
      Files.createFile(journal.resolve(name));
      all.add("journal/one/" + name);
    }
    CompletableFuture<Void> shipped = CompletableFuture.runAsync(() -> ship(journal));
    while (!shipped.isDone()) {
      assertEquals(all, HomeFiles.onTheirWay(new Home(home)).keySet());
    }
    shipped.get();
    assertEquals(all, HomeFiles.onTheirWay(new Home(home)).keySet());
  }

  private static void ship(Path journal) {
    for (int i = 0; i < 3_000; i++) {
      Path segment = journal.resolve("%010d.log".formatted(i));
      try {
        Files.move(segment, segment.resolveSibling(segment.getFileName() + ".shipped"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
