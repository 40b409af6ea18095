package dev.airlock.cli;

import dev.airlock.local.ChildProcess;
import dev.airlock.local.LocalServerException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process of the system, started again whenever it ends by itself. */
final class Part {

  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** A process that lived as long as this did not fail to start. */
  private static final Duration LIVED = Duration.ofSeconds(30);

  private final String name;
  private final int port;
  private final Supplier<ChildProcess> launch;
  private final @Nullable String readyLine;
  private final Runnable changed;
  private final Consumer<String> say;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /** Read without the lock: whoever writes down all parts must not wait for one that starts. */
  private volatile @Nullable ChildProcess current;

  /**
   * A process that is not started yet.
   *
   * @param port where it listens; 0 for none
   * @param readyLine what it prints when it serves; null where it does from the launch on
   * @param changed told when another process stands in
   */
  Part(
      String name,
      int port,
      Supplier<ChildProcess> launch,
      @Nullable String readyLine,
      Runnable changed,
      Consumer<String> say) {
    this.name = name;
    this.port = port;
    this.launch = launch;
    this.readyLine = readyLine;
    this.changed = changed;
    this.say = say;
  }

  String name() {
    return name;
  }

  /**
   * Starts it, waits until it serves, and watches it from then on.
   *
   * @throws LocalServerException when it does not get there
   */
  void start() {
    launched().ifPresent(this::awaitReady);
    Thread watch = new Thread(this::watch, "watch-" + name);
    watch.setDaemon(true);
    watch.start();
  }

  /** Outside of the lock others are told: they look at all parts, whose turn it may be as well. */
  private Optional<ChildProcess> launched() {
    Optional<ChildProcess> process = launchedUnlessStopping();
    process.ifPresent(started -> changed.run());
    return process;
  }

  private synchronized Optional<ChildProcess> launchedUnlessStopping() {
    if (isStopping()) {
      return Optional.empty();
    }
    ChildProcess started = launch.get();
    current = started;
    return Optional.of(started);
  }

  private void awaitReady(ChildProcess process) {
    if (readyLine != null) {
      process.awaitLine(readyLine, READY);
    }
  }

  private void watch() {
    Duration pause = SHORTEST_PAUSE;
    while (!isStopping()) {
      long start = System.nanoTime();
      ended();
      boolean lived = System.nanoTime() - start > LIVED.toNanos();
      pause = lived ? SHORTEST_PAUSE : pause;
      if (stopsWithin(pause)) {
        return;
      }
      restart();
      pause = longer(pause);
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private void ended() {
    ChildProcess process = process().orElseThrow();
    while (!process.awaitEnd(Duration.ofHours(1))) {
      // It lives on.
    }
  }

  private void restart() {
    process()
        .flatMap(ChildProcess::exitCode)
        .ifPresent(code -> say.accept(name + " ended with code " + code + "; starting it again"));
    try {
      launched().ifPresent(this::awaitReady);
    } catch (LocalServerException e) {
      if (!isStopping()) {
        // The rest is the log's own end, and stands in the log.
        say.accept(e.getMessage().lines().findFirst().orElse(name + " does not start"));
      }
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private boolean stopsWithin(Duration pause) {
    try {
      return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Optional<ChildProcess> process() {
    return Optional.ofNullable(current);
  }

  /** How it stands in {@code state.json}. */
  Optional<StateFile.Entry> entry() {
    return process()
        .flatMap(process -> ProcessHandle.of(process.pid()))
        .map(handle -> StateFile.Entry.of(handle, port));
  }

  /** From now on it is not started again, however it ends. */
  void leaveEnded() {
    stopping.countDown();
  }

  /** Ends it for good, also one that is being launched at this moment. */
  void stop() {
    leaveEnded();
    synchronized (this) {
      process().ifPresent(ChildProcess::close);
    }
  }
}
