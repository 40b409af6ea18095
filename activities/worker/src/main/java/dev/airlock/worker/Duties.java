package dev.airlock.worker;

import dev.airlock.messages.MessageSender;
import dev.airlock.spark.RowSamples;
import dev.airlock.store.DeadlineWatch;
import dev.airlock.store.GateWatch;
import dev.airlock.store.LostRuns;
import dev.airlock.store.OutboxDispatcher;
import dev.airlock.store.Service;
import dev.airlock.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What some worker has to do beside stages. It publishes, so it runs any pipeline's code. Several
 * workers share the work.
 */
final class Duties implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Duties.class);

  /** How often closed runs are looked for whose histories nobody has kept. */
  private static final Duration CLOSED_RUNS = Duration.ofSeconds(2);

  /** How often the folder of pipelines is looked at. */
  private static final Duration LOOKS_FOR_FILES = Duration.ofMillis(300);

  /** How often schedules are held against the rows of monitors. */
  private static final Duration MONITOR_ROWS = Duration.ofSeconds(3);

  /** How often runs are looked for whose turn has come. */
  private static final Duration OVERDUE = Duration.ofSeconds(2);

  /** How often Temporal is asked after runs that are under way. */
  private static final Duration LOST = Duration.ofSeconds(15);

  /** How often it is looked for datasets whose first rows somebody wants to see. */
  private static final Duration WANTED = Duration.ofMillis(500);

  private final Premises here;
  private final Store store;
  private final Rounds rounds;

  /** Runs code of pipelines, which may take its time. */
  private final Rounds publishing = new Rounds("airlock-publishing", 1);

  private final OutboxDispatcher outbox;
  private final DeadlineWatch deadlines;
  private final MessageSender messages;
  private final GateWatch gate;

  private Duties(Premises here, Rounds rounds) {
    this.here = here;
    this.store = here.store();
    this.rounds = rounds;
    this.outbox = OutboxDispatcher.start(store, here.client());
    this.deadlines = DeadlineWatch.start(store);
    this.messages = MessageSender.start(store, here.config().messages(), here.config().home());
    this.gate = GateWatch.start(store);
  }

  /**
   * Takes them up.
   *
   * @param rounds for what waits for other servers
   */
  static Duties takeUp(Premises here, Rounds rounds) {
    Duties duties = new Duties(here, rounds);
    duties.watchPipelines();
    duties.watchMonitors();
    duties.lookAfterRuns();
    duties.lookAfterSamples();
    return duties;
  }

  private void watchPipelines() {
    Schedules schedules = new Schedules(here.schedules(), here.config().temporalInMemory());
    PipelineFolder folder =
        new PipelineFolder(
            here.config().pipelines(),
            here.config().publisher(),
            store.pipelines(),
            here.artifacts());
    Publisher publisher = new Publisher(store, here.code(), schedules::keep);
    publishing.every(
        LOOKS_FOR_FILES, "Pipelines could not be published", () -> publish(folder, publisher));
    rounds.untilDone(
        Duration.ofSeconds(1),
        "Schedules could not be kept",
        () -> schedules.keepAll(store.pipelines()));
  }

  /** What was received before is published even where the folder can't be read. */
  private static void publish(PipelineFolder folder, Publisher publisher) throws IOException {
    try {
      folder.scan();
    } finally {
      publisher.publishWaiting();
    }
  }

  private void watchMonitors() {
    MonitorSchedules schedules =
        new MonitorSchedules(
            here.schedules(), here.config().temporalInMemory(), store.monitors()::list);
    rounds.every(MONITOR_ROWS, "The schedules of monitors could not be kept", schedules::reconcile);
  }

  private void lookAfterRuns() {
    // Whoever was to start them may have died.
    rounds.every(
        OVERDUE, "Runs that wait their turn could not be looked at", store.runs()::admitOverdue);
    LostRuns lost = new LostRuns(store, here.client());
    rounds.every(LOST, LOST, "Runs under way could not be looked after", lost::look);
    HistoryKeeper histories =
        new HistoryKeeper(store.histories(), here.artifacts(), new HistoryReader(here.client()));
    rounds.every(CLOSED_RUNS, "Histories of closed runs could not be kept", histories::look);
  }

  private void lookAfterSamples() {
    WantedSamples wanted =
        new WantedSamples(
            here.spark(),
            new RowSamples(here.spark(), here.mask()),
            new StoreDatasetLedger(store, here.artifacts()),
            store.datasetSamples());
    rounds.every(Duration.ofSeconds(1), WANTED, "First rows could not be read", wanted::read);
    rounds.every(
        Duration.ofMinutes(1),
        Duration.ofDays(1),
        "Old samples of gateways could not be forgotten",
        this::forgetSamples);
  }

  /** Those that no window will ask for again. */
  private void forgetSamples() {
    int forgotten = store.service().forget(Instant.now().minus(Service.KEPT));
    if (forgotten > 0) {
      log.info("Forgot {} samples of gateways that are {} old.", forgotten, Service.KEPT);
    }
  }

  @Override
  public void close() {
    messages.close();
    deadlines.close();
    gate.close();
    outbox.close();
    publishing.close();
  }
}
