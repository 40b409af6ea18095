package dev.airlock.worker;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
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
