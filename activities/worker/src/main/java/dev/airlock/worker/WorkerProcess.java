package dev.airlock.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A worker: it carries out {@link StageWorkers stages}, and some workers have {@link Duties}
 * beside.
 */
final class WorkerProcess implements AutoCloseable {

  /** How soon what an attempt says is kept. */
  private static final Duration LOGS = Duration.ofMillis(250);

  /** How often what dead workers have left is looked for. */
  private static final Duration RECOVERY = Duration.ofMinutes(1);

  /** How often code that nobody needs is let go. */
  private static final Duration SWEEP = Duration.ofSeconds(30);

  private final Premises here;
  private final StageWorkers workers;

  /** For work that waits for PostgreSQL, Temporal or Spark, and may wait long. */
  private final Rounds rounds = new Rounds("airlock-clock", 5);

  private final Optional<Duties> duties;

  private WorkerProcess(WorkerConfig config) {
    this.here = Premises.open(config);
    this.workers = new StageWorkers(here);
    tellNames();
    workers.start();
    keepLogs();
    rounds.every(SWEEP, "Code that nobody needs could not be let go", this::letGoOfCode);
    this.duties =
        config.queues().shared() ? Optional.of(Duties.takeUp(here, rounds)) : Optional.empty();
  }

  /** Starts it all; returns once it polls for work. */
  static WorkerProcess start(WorkerConfig config) {
    return new WorkerProcess(config);
  }

  /** Queues before it takes any, so that no run is refused; secrets in files may come and go. */
  private void tellNames() {
    QueueNames queues = new QueueNames(here.name(), here.config().queues().named(), here.store());
    VaultNames vault = new VaultNames(here.name(), here.vault(), here.store());
    String untold = "The named queues could not be told";
    rounds.now(untold, queues::tell);
    rounds.every(VaultNames.PERIOD, VaultNames.PERIOD, untold, queues::tell);
    rounds.every(VaultNames.PERIOD, "The names of secrets could not be told", vault::tell);
  }

  private void keepLogs() {
    rounds.every(LOGS, "What attempts say could not be kept", here.logs()::flush);
    rounds.every(RECOVERY, "What dead workers left could not be kept", here.logs()::recover);
  }

  /** Closes the class loaders of code that no run works with any more. */
  private void letGoOfCode() {
    here.code().retain(here.store().pipelines().codeInUse());
  }

  @Override
  public void close() throws IOException {
    duties.ifPresent(Duties::close);
    workers.close();
    rounds.close();
    here.close();
  }
}
