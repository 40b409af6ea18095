import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * After {@code kill -9} of the worker in the middle of an isolated stage: how soon the stage's next
 * attempt begins, where {@code up} has to start the worker again, and where another one is alive.
 */
public final class Recovery {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern ATTEMPT =
      Pattern.compile("\"attempt\":(\\d+),\"worker\":\"worker-(\\d+)\",\"startedAt\":\"([^\"]+)\"");

  private final BenchedSystem system;

  private Recovery(BenchedSystem system) {
    this.system = system;
  }

  public static void main(String[] arguments) throws Exception {
    BenchedSystem system = new BenchedSystem(Path.of(arguments[0]));
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    system.publish("RecoveryPipeline", "bench-recovery");
    Recovery recovery = new Recovery(system);
    System.out.println("load: " + Files.readString(Path.of("/proc/loadavg")).strip());
    recovery.measure("where up starts the worker again", rounds, false);
    recovery.measure("where another worker is alive", rounds, true);
    System.exit(0);
  }

  private void measure(String where, int rounds, boolean hasAnother) throws Exception {
    double[] seconds = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      Process another = hasAnother ? startAnother() : null;
      try {
        seconds[i] = round();
      } finally {
        if (another != null) {
          another.descendants().forEach(ProcessHandle::destroy);
          another.destroy();
          another.waitFor();
        }
      }
      awaitWorker();
    }
    Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT,
        "next attempt after kill -9, %s: %.1f s (median of %d), %.1f s at most%n",
        where,
        seconds[rounds / 2],
        rounds,
        seconds[rounds - 1]);
  }

  private double round() throws Exception {
    long run = system.trigger("bench-recovery");
    Matcher first = await(run, 1);
    Thread.sleep(2_000);
    Instant killed = Instant.now();
    ProcessHandle.of(Long.parseLong(first.group(2))).orElseThrow().destroyForcibly();
    Instant next = Instant.parse(await(run, 2).group(3));
    system.awaitRun("bench-recovery", run, PATIENCE);
    return Duration.between(killed, next).toMillis() / 1_000.0;
  }

  private Matcher await(long run, int attempt) throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      Matcher found = ATTEMPT.matcher(system.get("/api/v1/runs/" + run));
      while (found.find()) {
        if (Integer.parseInt(found.group(1)) == attempt) {
          return found;
        }
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("No attempt " + attempt + ": " + system.get("/api/v1/runs/" + run));
  }

  /** Whether the system's own worker works: a run goes through it, whoever else is there. */
  private void awaitWorker() throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (ProcessHandle.of(system.pid("worker")).filter(ProcessHandle::isAlive).isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("The worker has not come back.");
      }
      Thread.sleep(200);
    }
    system.awaitRun("bench-recovery-ready", system.trigger("bench-recovery-ready"), PATIENCE);
  }

  private Process startAnother() throws IOException, InterruptedException {
    Path output = Files.createTempFile("bench-worker", ".out");
    ProcessBuilder command = new ProcessBuilder("dist/airlock", "worker", "--home", system.home().toString());
    command.redirectErrorStream(true).redirectOutput(output.toFile());
    command
        .environment()
        .put(
            "AIRLOCK_DATABASE_URL",
            "jdbc:postgresql://127.0.0.1:%d/airlock".formatted(system.port("postgres")));
    command.environment().put("AIRLOCK_DATABASE_USER", "airlock_app");
    command
        .environment()
        .put(
            "AIRLOCK_DATABASE_PASSWORD_FILE",
            system.home().resolve("secrets/app.password").toString());
    command
        .environment()
        .put("AIRLOCK_ARTIFACTS", system.home().resolve("artifacts").toUri().toString());
    command.environment().put("AIRLOCK_TEMPORAL_TARGET", "127.0.0.1:" + system.port("temporal"));
    command.environment().put("AIRLOCK_SPARK_MASTER", "local[1]");
    Process another = command.start();
    while (!Files.readString(output).contains("READY worker")) {
      if (!another.isAlive()) {
        throw new IllegalStateException(Files.readString(output));
      }
      Thread.sleep(200);
    }
    return another;
  }
}
