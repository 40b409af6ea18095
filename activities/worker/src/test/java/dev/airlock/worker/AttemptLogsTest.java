package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.LogLevel;
import dev.airlock.store.LogLine;
import dev.airlock.store.Logs;
import dev.airlock.store.NewLogLine;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever an attempt says, whichever way, is kept: also where its worker dies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AttemptLogsTest {

  private static final AtomicLong RUNS = new AtomicLong(1_000_000);

  private Store store;

  @TempDir Path folder;

  @BeforeAll
  void open() {
    store = WorkerDatabase.open();
    SpokenOutput.lead();
  }

  @AfterAll
  void close() {
    store.close();
  }

  private List<LogLine> lines(long run) {
    return store.logs().lines(run, "task", 1, 0, null, 100);
  }

  private List<String> texts(long run) {
    return lines(run).stream().map(LogLine::text).toList();
  }

  @Test
  void shouldKeepWhatIsLoggedAndPrintedInItsOrderWithLevels() throws IOException {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs());
        AttemptLog said = AttemptLog.open(logs, run, "task", 1)) {
      said.listen();
      LoggerFactory.getLogger("a.team").warn("by slf4j");
      Logger.getLogger("a.team").log(Level.SEVERE, "by {0}", "the JDK");
      System.out.println("printed, ünïcode");
      System.err.printf("printed %s%n", "as an error");
      System.out.print("without an end");
    }

    assertEquals(
        List.of(
            "by slf4j", "by the JDK", "printed, ünïcode", "printed as an error", "without an end"),
        texts(run));
    assertEquals(
        List.of(LogLevel.WARN, LogLevel.ERROR, LogLevel.INFO, LogLevel.WARN, LogLevel.INFO),
        lines(run).stream().map(LogLine::level).toList());
  }

  @Test
  void shouldKeepAStackTraceAsOneLine() throws IOException {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs());
        AttemptLog said = AttemptLog.open(logs, run, "task", 1)) {
      said.listen();
      LoggerFactory.getLogger("a.team").warn("It broke.", new IllegalStateException("here"));
    }

    assertEquals(1, lines(run).size());
    assertTrue(
        texts(run).get(0).startsWith("It broke.\njava.lang.IllegalStateException: here\n\tat "),
        texts(run).get(0));
  }

  @Test
  void shouldKeepAttemptsApartAndListenToThreadsOfATask() throws Exception {
    long first = RUNS.incrementAndGet();
    long second = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs())) {
      Thread other = new Thread(() -> speak(logs, second, "second"));
      try (AttemptLog said = AttemptLog.open(logs, first, "task", 1)) {
        said.listen();
        AttemptLog.listenToNewThreads();
        Thread own = new Thread(() -> System.out.println("first, from a thread of its own"));
        own.start();
        own.join();
        other.start();
        other.join();
      }
      System.out.println("nobody's");
    }

    assertEquals(List.of("first, from a thread of its own"), texts(first));
    assertEquals(List.of("second"), texts(second));
  }

  private static void speak(AttemptLogs logs, long run, String text) {
    try (AttemptLog said = AttemptLog.open(logs, run, "task", 1)) {
      said.listen();
      System.out.println(text);
    }
  }

  @Test
  void shouldGoOnNumberingWhenTheSameAttemptBeginsAgain() throws IOException {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs())) {
      speak(logs, run, "before the crash");
      speak(logs, run, "after it");
    }

    assertEquals(List.of("before the crash", "after it"), texts(run));
  }

  @Test
  void shouldBringWhatAWorkerLeftThatWasKilled() throws IOException {
    long run = RUNS.incrementAndGet();
    String whole = Json.write(line(run, 1, "the last word"));
    Files.writeString(folder.resolve("worker-1.journal"), whole + "\n" + whole.substring(0, 30));
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs())) {
      logs.recover();
    }

    assertEquals(List.of("the last word"), texts(run));
    assertEquals(List.of("worker-1.journal.shipped"), names());
  }

  @Test
  void shouldKeepAMinuteLongerWhatABackupMayHaveMissed() throws IOException {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs())) {
      for (int i = 1; i <= 60; i++) {
        logs.add(line(run, i, "x".repeat(NewLogLine.LONGEST)));
      }
      logs.flush();
      logs.recover();
      List<String> shipped = names().stream().filter(name -> name.endsWith(".shipped")).toList();
      assertEquals(1, shipped.size(), names().toString());
      Path full = folder.resolve(shipped.get(0));
      assertEquals(60, Files.readAllLines(full).size());

      logs.add(line(run, 61, "in the next journal"));
      logs.flush();
      Files.copy(full, folder.resolve("worker-restored.journal"));
      logs.recover();
      assertEquals(61, lines(run).size(), "each is there once");
      assertTrue(names().contains("worker-restored.journal.shipped"), names().toString());

      Files.setLastModifiedTime(full, FileTime.from(Instant.now().minusSeconds(61)));
      logs.recover();
      assertFalse(Files.exists(full));
    }
    assertEquals(2, names().size(), "what it said last stays, too: " + names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Test
  void shouldKeepAllWhenPostgresIsAwayForAWhile() throws IOException {
    long run = RUNS.incrementAndGet();
    AtomicBoolean isAway = new AtomicBoolean(true);
    try (AttemptLogs logs = AttemptLogs.open(folder, sometimesAway(isAway))) {
      speak(logs, run, "said in the outage");
      assertEquals(List.of(), texts(run));
      isAway.set(false);
      logs.flush();
      assertEquals(List.of("said in the outage"), texts(run));
    }
    assertFalse(isAway.get());
  }

  /** Another worker of the home would ship it, and remove what is said from then on. */
  @Test
  void shouldHoldItsJournalAgainstOthersWhenAllOfAHomeIsLookedThrough() throws Exception {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs());
        AttemptLogs second = AttemptLogs.open(folder, store.logs())) {
      logs.add(line(run, 1, "kept"));
      second.recover();
      logs.recover();

      assertEquals(2, journals().size());
      for (Path journal : journals()) {
        assertEquals("held", probe(journal));
      }
    }
  }

  @Test
  void shouldHoldItsJournalWhenItHasReadThereWhatMemoryHadNoPlaceFor() throws Exception {
    AtomicBoolean isAway = new AtomicBoolean(true);
    Set<Integer> kept = new ConcurrentSkipListSet<>();
    AtomicReference<AttemptLogs> own = new AtomicReference<>();
    int all = 50_001;
    Logs postgres =
        logs(
            lines -> {
              if (isAway.get()) {
                throw new IllegalStateException("PostgreSQL is away");
              }
              if (kept.contains(lines.get(0).number()) && kept.add(all + 1)) {
                Objects.requireNonNull(own.get()).add(line(7, all + 1, "while it reads"));
              }
              lines.forEach(line -> kept.add(line.number()));
            });
    try (AttemptLogs logs = AttemptLogs.open(folder, postgres)) {
      own.set(logs);
      for (int i = 1; i <= all; i++) {
        logs.add(line(7, i, "in the outage"));
      }
      isAway.set(false);
      logs.flush();

      assertEquals(all + 1, kept.size());
      assertEquals(1, journals().size());
      assertEquals("held", probe(journals().get(0)));
    }
  }

  @Test
  void shouldGoOnInItsJournalWhenOneWhoSpeaksIsInterrupted() throws Exception {
    long run = RUNS.incrementAndGet();
    try (AttemptLogs logs = AttemptLogs.open(folder, sometimesAway(new AtomicBoolean(true)))) {
      Thread.currentThread().interrupt();
      logs.add(line(run, 1, "cancelled"));
      assertTrue(Thread.interrupted());
      logs.add(line(run, 2, "the next"));

      assertEquals(2, Files.readAllLines(copyOfTheOne()).size());
      assertEquals("held", probe(journals().get(0)));
    }
  }

  /** This process itself must not open the journal, or it would let go of it. */
  private Path copyOfTheOne() throws Exception {
    Path copy = folder.resolve("copy");
    Process copying =
        new ProcessBuilder("cp", journals().get(0).toString(), copy.toString()).start();
    assertEquals(0, copying.waitFor());
    return copy;
  }

  @Test
  void shouldKeepAllBeforeALineThatItsWorkerDiedInTheMiddleOfALetterOf() throws IOException {
    long run = RUNS.incrementAndGet();
    byte[] whole = (Json.write(line(run, 1, "first")) + "\n").getBytes(UTF_8);
    byte[] torn = "{\"text\":\"ü".getBytes(UTF_8);
    ByteBuffer journal = ByteBuffer.allocate(whole.length + torn.length - 1);
    journal.put(whole).put(torn, 0, torn.length - 1);
    Files.write(folder.resolve("worker-1.journal"), journal.array());
    try (AttemptLogs logs = AttemptLogs.open(folder, store.logs())) {
      logs.recover();
    }

    assertEquals(List.of("first"), texts(run));
    assertEquals(List.of("worker-1.journal.shipped"), names());
  }

  @Test
  void shouldLetGoOfItsJournalAtTheEndWhoeverHasShippedIt() throws Exception {
    AttemptLogs logs = AttemptLogs.open(folder, store.logs());
    logs.add(line(RUNS.incrementAndGet(), 1, "said"));
    Path shipped = folder.resolve("by-another.journal");
    Files.move(journals().get(0), shipped);
    logs.close();

    assertEquals("free", probe(shipped));
  }

  private List<Path> journals() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.toString().endsWith(".journal")).toList();
    }
  }

  /** What another process finds. */
  private static String probe(Path journal) throws Exception {
    Path classes =
        Path.of(LockProbe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process probing =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                classes.toString(),
                LockProbe.class.getName(),
                journal.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String found = new String(probing.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, probing.waitFor());
    return found;
  }

  private static Logs logs(Consumer<List<NewLogLine>> keep) {
    return (Logs)
        Proxy.newProxyInstance(
            Logs.class.getClassLoader(),
            new Class<?>[] {Logs.class},
            (proxy, method, arguments) -> {
              @SuppressWarnings("unchecked")
              List<NewLogLine> lines = (List<NewLogLine>) arguments[0];
              keep.accept(lines);
              return null;
            });
  }

  private static NewLogLine line(long run, int number, String text) {
    return new NewLogLine(run, "task", 1, number, Instant.EPOCH, LogLevel.INFO, text);
  }

  private Logs sometimesAway(AtomicBoolean isAway) {
    return (Logs)
        Proxy.newProxyInstance(
            Logs.class.getClassLoader(),
            new Class<?>[] {Logs.class},
            (proxy, method, arguments) -> {
              if (isAway.get()) {
                throw new IllegalStateException("PostgreSQL is away");
              }
              return method.invoke(store.logs(), arguments);
            });
  }
}
