package dev.airlock.web.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Migrate;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.Prediction;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  @TempDir private Path root;

  static Prediction prediction(int number) {
    Instant at = Instant.parse("1998-01-31T00:00:00.123456Z");
    return new Prediction(
        new UUID(7, number), "m", 1, at, at, number / 7.0, "ü\n" + number, "{\"x\":1.5}");
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static void await(BooleanSupplier isSo) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 20 s in vain");
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void shouldReadBackWhatWasWritten() throws IOException {
    try (Journal journal = Journal.open(root, "a")) {
      journal.append(List.of(prediction(1), prediction(2)));
      journal.append(List.of(prediction(3)));
      List<Path> closed = journal.closedSegments();
      assertEquals(1, closed.size());
      assertEquals(
          List.of(prediction(1), prediction(2), prediction(3)), Journal.read(closed.get(0)));
      assertEquals(closed, journal.closedSegments(), "an empty segment is not closed");
    }
  }

  @Test
  void shouldPassOverATornTailAndADamagedLine() throws IOException {
    try (Journal journal = Journal.open(root, "a")) {
      journal.append(List.of(prediction(1), prediction(2), prediction(3)));
    }
    Path segment = segments().get(0);
    byte[] whole = Files.readAllBytes(segment);
    for (int cut = whole.length - 1; cut > whole.length - 60; cut--) {
      Files.write(segment, java.util.Arrays.copyOf(whole, cut));
      List<Prediction> read = Journal.read(segment);
      boolean onlyTheLineBreakIsGone = cut == whole.length - 1;
      assertEquals(onlyTheLineBreakIsGone ? 3 : 2, read.size(), "cut at " + cut);
    }
    whole[20] ^= 1;
    Files.write(segment, whole);
    assertEquals(List.of(prediction(2), prediction(3)), Journal.read(segment));
    Files.write(segment, new byte[4096], StandardOpenOption.APPEND);
    assertEquals(2, Journal.read(segment).size());
  }

  /** An interrupt closes the file that is being written. */
  @Test
  void shouldTakeTheNextRequestWhenOneIsInterrupted() throws IOException {
    try (Journal journal = Journal.open(root, "a")) {
      journal.append(List.of(prediction(1)));
      Thread.currentThread().interrupt();
      assertThrows(UncheckedIOException.class, () -> journal.append(List.of(prediction(2))));
      assertTrue(Thread.interrupted());
      journal.append(List.of(prediction(3)));

      List<Path> closed = journal.closedSegments();
      assertEquals(2, closed.size());
      assertEquals(List.of(prediction(1)), Journal.read(closed.get(0)));
      assertEquals(List.of(prediction(3)), Journal.read(closed.get(1)));
    }
  }

  @Test
  void shouldCarryWhatWaitedOnceTheDatabaseIsBack() throws IOException {
    Map<UUID, Prediction> database = new ConcurrentHashMap<>();
    AtomicBoolean isDown = new AtomicBoolean(true);
    try (Journal journal = Journal.open(root, "a");
        JournalShipper shipper =
            new JournalShipper(
                root,
                journal,
                batch -> {
                  if (isDown.get()) {
                    throw new IllegalStateException("connection refused");
                  }
                  batch.forEach(each -> database.put(each.id(), each));
                })) {
      shipper.start();
      for (int i = 0; i < 50; i++) {
        journal.append(List.of(prediction(i)));
      }
      await(() -> shipper.trouble() != null);
      assertTrue(database.isEmpty());
      isDown.set(false);
      await(() -> database.size() == 50);
      await(() -> shipper.trouble() == null);
      assertTrue(segments().size() <= 1, "what was carried is removed: " + segments());
    }
    assertEquals(prediction(7), database.get(prediction(7).id()));
  }

  @Test
  void shouldKeepWhatHasArrivedForAMinuteMore() throws IOException {
    List<Prediction> database = new CopyOnWriteArrayList<>();
    Instant begin = Instant.now();
    AtomicLong later = new AtomicLong();
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return begin.plusSeconds(later.get());
          }
        };
    try (Journal dead = Journal.open(root, "dead")) {
      dead.append(List.of(prediction(1)));
    }
    try (Journal journal = Journal.open(root, "a");
        JournalShipper shipper = new JournalShipper(root, journal, database::addAll, clock)) {
      journal.append(List.of(prediction(2)));
      shipper.start();
      await(() -> shipped().size() == 2);
      assertEquals(
          Set.of(prediction(1), prediction(2)),
          shipped().stream().map(JournalTest::readOne).collect(Collectors.toSet()));

      later.set(59);
      journal.append(List.of(prediction(3)));
      await(() -> shipped().size() == 3);
      later.set(61);
      await(() -> !Files.exists(root.resolve("dead")));
      await(() -> shipped().size() == 1);
      assertEquals(prediction(3), readOne(shipped().get(0)));
    }
    assertEquals(3, database.size(), "each was carried once");
  }

  private static boolean hasSegments(Path folder) {
    try {
      return !Journal.segments(folder).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> shipped() {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".log.shipped")).toList();
    } catch (IOException | UncheckedIOException e) {
      // Something was renamed or removed meanwhile.
      return List.of();
    }
  }

  private static Prediction readOne(Path segment) {
    try {
      return Journal.read(segment).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Prediction with(int number, Instant asOf, String subject) {
    Prediction good = good(number);
    return new Prediction(good.id(), "m", 1, asOf, good.at(), good.score(), subject, good.inputs());
  }

  private static PostgresServer migrated() {
    PostgresServer postgres = PostgresServer.temporary();
    Migrate.migrate(
        new MigrateConfig(
            postgres.url(),
            PostgresServer.OWNER,
            postgres.ownerPassword(),
            postgres.applicationPassword(),
            List.of(),
            new TreeMap<>()));
    return postgres;
  }

  private static Store open(PostgresServer postgres) {
    return Store.open(
        new StoreConfig(postgres.url(), PostgresServer.OWNER, postgres.ownerPassword()),
        "journal-test");
  }

  private static Prediction good(int number) {
    Instant at = Instant.parse("1998-01-31T00:00:00Z");
    return new Prediction(new UUID(8, number), "m", 1, at, at, 0.5, "c", "{\"x\": 1.5}");
  }

  @Test
  void shouldSetAsideWhatPostgresRefusesAndCarryTheRest() throws IOException {
    Prediction nul = with(2, good(2).asOf(), "c\0");
    Prediction early = with(4, Instant.parse("-0001-01-01T00:00:00Z"), "c");
    Prediction late = with(5, Instant.parse("+999999999-01-01T00:00:00Z"), "c");
    try (Journal dead = Journal.open(root, "dead")) {
      dead.append(List.of(late));
    }
    try (PostgresServer postgres = migrated();
        Store store = open(postgres);
        Journal journal = Journal.open(root, "a");
        JournalShipper shipper =
            new JournalShipper(root, journal, batch -> store.predictions().store(batch))) {
      journal.append(List.of(good(1), nul, good(3), early));
      journal.closedSegments();
      journal.append(List.of(good(6)));
      shipper.start();
      await(() -> store.predictions().find(good(6).id()).isPresent());
      await(() -> Files.exists(root.resolve("dead.rejected")));
      assertEquals(good(1), store.predictions().find(good(1).id()).orElseThrow());
      assertEquals(good(3), store.predictions().find(good(3).id()).orElseThrow());
      assertNull(shipper.trouble());
    }
    assertEquals(List.of(nul, early), Journal.read(root.resolve("a.rejected")));
    assertEquals(List.of(late), Journal.read(root.resolve("dead.rejected")));
  }

  @Test
  void shouldSetAsideOnceWhatComesAgainAfterARestore() throws IOException {
    Prediction nul = with(2, good(2).asOf(), "c\0");
    Prediction other = with(3, good(3).asOf(), "c\0");
    try (Journal restored = Journal.open(root, "restored")) {
      restored.append(List.of(nul, other, nul));
    }
    Files.write(root.resolve("restored.rejected"), Journal.lines(List.of(nul)));
    try (PostgresServer postgres = migrated();
        Store store = open(postgres);
        Journal journal = Journal.open(root, "a");
        JournalShipper shipper =
            new JournalShipper(root, journal, batch -> store.predictions().store(batch))) {
      shipper.start();
      await(() -> shipped().size() == 1);
    }
    assertEquals(List.of(nul, other), Journal.read(root.resolve("restored.rejected")));
  }

  @Test
  void shouldWaitWhenPostgresRefusesForAnotherReasonThanTheValues() throws IOException {
    try (PostgresServer postgres = PostgresServer.temporary();
        Store withoutTables = open(postgres);
        Journal journal = Journal.open(root, "a");
        JournalShipper shipper =
            new JournalShipper(root, journal, batch -> withoutTables.predictions().store(batch))) {
      journal.append(List.of(good(1)));
      shipper.start();
      await(() -> shipper.trouble() != null);
    }
    assertFalse(Files.exists(root.resolve("a.rejected")));
    assertFalse(segments().isEmpty());
  }

  @Test
  void shouldRefuseAFolderThatAnotherHolds() {
    try (Journal journal = Journal.open(root, "a")) {
      assertTrue(Files.exists(journal.folder()));
      assertThrows(
          java.nio.channels.OverlappingFileLockException.class, () -> Journal.open(root, "a"));
    }
  }

  @Test
  void shouldKeepEveryAnsweredPredictionWhenTheProcessIsKilled() throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JournalWriterMain.class.getName(),
                root.toString())
            .redirectErrorStream(false)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int answered = -1;
    try (var lines = writer.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answered = Integer.parseInt(line);
        if (answered == 500) {
          // Unlike the process itself, its handle leaves the stream open.
          writer.toHandle().destroyForcibly();
        }
      }
    }
    assertEquals(137, writer.waitFor(), "it was killed");
    assertTrue(answered >= 500);

    Map<UUID, Prediction> database = new ConcurrentHashMap<>();
    try (Journal own = Journal.open(root, "next");
        JournalShipper shipper =
            new JournalShipper(
                root, own, batch -> batch.forEach(each -> database.put(each.id(), each)))) {
      shipper.start();
      await(() -> !hasSegments(root.resolve("dead")));
    }
    for (int i = 0; i <= answered; i++) {
      assertTrue(database.containsKey(prediction(i).id()), "prediction " + i + " was answered");
    }
  }

  @Test
  void shouldLeaveTheJournalOfALivingProcessAlone() throws IOException {
    Map<UUID, Prediction> database = new ConcurrentHashMap<>();
    try (Journal living = Journal.open(root, "living");
        Journal own = Journal.open(root, "own");
        JournalShipper shipper =
            new JournalShipper(
                root, own, batch -> batch.forEach(each -> database.put(each.id(), each)))) {
      living.append(List.of(prediction(1)));
      own.append(List.of(prediction(2)));
      shipper.start();
      await(() -> database.containsKey(prediction(2).id()));
      assertFalse(database.containsKey(prediction(1).id()));
      assertTrue(Files.exists(living.folder()));
    }
  }

  @Test
  void shouldNotAnswerWhatCannotBeWritten() throws IOException {
    Journal journal = Journal.open(root, "a");
    journal.close();
    assertThrows(UncheckedIOException.class, () -> journal.append(List.of(prediction(1))));
  }
}
