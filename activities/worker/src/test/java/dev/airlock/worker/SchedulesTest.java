package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.NextTimes;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.local.TemporalBinary;
import dev.airlock.local.TemporalServer;
import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.TaskQueues;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The times that pages show and backfills fill in, held against those of the real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SchedulesTest {

  private static int number;

  private TemporalServer server;
  private WorkflowServiceStubs stubs;
  private ScheduleClient client;
  private Schedules schedules;

  @BeforeAll
  void start(@TempDir Path folder) {
    TemporalBinary binary = TemporalServer.obtain(line -> {});
    if (!(binary instanceof TemporalBinary.Found found)) {
      throw new AssertionError(binary.toString());
    }
    server =
        TemporalServer.start(found.program(), folder.resolve("t.db"), 0, folder.resolve("log"));
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(server.target()).build());
    client =
        ScheduleClient.newInstance(
            stubs,
            ScheduleClientOptions.newBuilder()
                .setDataConverter(WorkflowTypes.dataConverter())
                .build());
    schedules = new Schedules(client, false);
  }

  @AfterAll
  void stop() {
    stubs.shutdownNow();
    server.close();
  }

  private static Graph graph(String name, @Nullable ScheduleSpec schedule) {
    return new Graph(name, "team", schedule, List.of(), List.of());
  }

  private List<Instant> temporal(String name) {
    return client.getHandle("schedule-" + name).describe().getInfo().getNextActionTimes();
  }

  /**
   * What the server says of a schedule after a moment.
   *
   * @param asked before the schedule was made
   */
  private record Said(Instant asked, List<Instant> times) {}

  /** Keeps the schedule and asks for its times; anew where one of them has passed meanwhile. */
  private Said said(ScheduleSpec spec, String name) {
    while (true) {
      Instant asked = Instant.now();
      schedules.keep(graph(name, spec));
      schedules.keep(graph(name, spec));
      List<Instant> theirs = temporal(name);
      if (NextTimes.of(spec).between(asked, Instant.now(), 1).isEmpty()) {
        return new Said(asked, theirs);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Both changes of the clock, north and south, at two in the morning and at midnight.
    "30 2 * * *, Europe/Berlin, 2049-03-25T00:00:00Z",
    "30 2 * * *, Europe/Berlin, 2049-10-28T00:00:00Z",
    "*/20 1-3 * * *, Europe/Berlin, 2049-10-30T22:00:00Z",
    "*/20 1-3 * * *, Europe/Berlin, 2049-03-27T22:00:00Z",
    "'30 1,2 * * *', America/New_York, 2049-03-12T00:00:00Z",
    "30 1 * * *, America/New_York, 2049-11-05T00:00:00Z",
    "0 * * * *, Australia/Sydney, 2049-04-03T12:30:00Z",
    "0 * * * *, Australia/Sydney, 2049-10-02T12:30:00Z",
    "0 0 * * *, America/Havana, 2049-03-12T00:00:00Z",
    "30 0 * * *, America/Havana, 2049-11-05T00:00:00Z",
    "15 4 * * *, Asia/Kolkata, 2049-03-12T00:00:00Z",
    "45 5 * * SUN, Asia/Kathmandu, 2049-03-12T00:00:00Z",
    // Leap days, ends of months, weeks; either day where both are given.
    "0 0 29 2 *, UTC, 2049-01-01T00:00:00Z",
    "0 0 31 * *, Europe/Berlin, 2049-01-01T00:00:00Z",
    "30 4 * * MON, Europe/Berlin, 2049-10-20T00:00:00Z",
    "0 6 13 * FRI, UTC, 2049-01-01T00:00:00Z",
    "0 12 * * 5-7, America/New_York, 2049-03-01T00:00:00Z",
    "'7/20 8-18/5 1,15 JAN-mar *', UTC, 2049-01-01T00:00:00Z"
  })
  void shouldAgreeWithTheServer(String cron, String zone, Instant from) {
    assertAgrees(new ScheduleSpec(cron, zone, null, null, null, null, null, from, null));
  }

  @ParameterizedTest
  @CsvSource({"PT6H, PT15M", "PT7M, PT0S", "P1D, PT4H30M", "PT36H, PT1S", "P7D, P3D"})
  void shouldAgreeWithTheServerOnIntervals(Duration every, Duration offset) {
    Instant from = Instant.parse("2049-03-27T22:00:00Z");
    assertAgrees(new ScheduleSpec(null, "UTC", every, offset, null, null, null, from, null));
    assertAgrees(
        new ScheduleSpec(
            null, "UTC", every, offset, null, null, null, from, from.plus(every.multipliedBy(3))));
  }

  private void assertAgrees(ScheduleSpec spec) {
    NextTimes times = NextTimes.of(spec);
    Said said = said(spec, "agreeing-" + number++);
    List<Instant> theirs = said.times();

    assertFalse(theirs.isEmpty());
    List<Instant> ours = times.between(said.asked(), theirs.get(theirs.size() - 1), 20);
    assertEquals(theirs.stream().filter(times::contains).toList(), ours, spec::toString);
    if (spec.zone().equals("UTC")) {
      assertEquals(theirs, ours, "no other beside them");
    }
  }

  @Test
  void shouldChangeAndTakeAwayASchedule() {
    schedules.keep(graph("changing", new ScheduleSpec("0 0 * * *", "UTC")));
    ScheduleSpec hourly = new ScheduleSpec("30 * * * *", "UTC");
    Said said = said(hourly, "changing");
    assertEquals(NextTimes.of(hourly).after(said.asked(), said.times().size()), said.times());

    schedules.keep(graph("changing", null));
    schedules.keep(graph("changing", null));

    assertThrows(ScheduleException.class, () -> temporal("changing"));
  }

  /** What Temporal starts asks for the time that was meant, not the one that jitter made of it. */
  @Test
  void shouldAskForTheScheduledTimeWithoutJitter() {
    Set<Instant> asked = new ConcurrentSkipListSet<>();
    WorkerFactory factory =
        WorkerFactory.newInstance(
            WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(WorkflowTypes.dataConverter())
                    .build()));
    Worker control = factory.newWorker(TaskQueues.CONTROL, WorkflowTypes.workerOptions().build());
    WorkflowTypes.register(control);
    control.registerActivitiesImplementations(new Asked(asked));
    factory.start();
    try {
      ScheduleSpec spec =
          new ScheduleSpec(
              null,
              "UTC",
              Duration.ofSeconds(2),
              null,
              Duration.ofSeconds(2),
              null,
              null,
              null,
              null);
      schedules.keep(graph("ticking", spec));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (asked.size() < 4 && System.nanoTime() < deadline) {
        LockSupport.parkNanos(100_000_000);
      }
      schedules.keep(graph("ticking", null));

      // What is still on its way may come before what has come already.
      List<Instant> seen = List.copyOf(asked).subList(0, Math.min(3, asked.size()));
      assertEquals(3, seen.size(), asked::toString);
      assertEquals(NextTimes.of(spec).after(seen.get(0).minusSeconds(1), 3), seen);
    } finally {
      factory.shutdownNow();
      factory.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** Keeps what was asked for. */
  private record Asked(Set<Instant> moments) implements RunLedger {
    @Override
    public void record(long runId, List<StageChange> changes, RunState state) {
      throw new AssertionError("No run was started");
    }

    @Override
    public void close(long runId, RunState state, @Nullable StageError error, Instant at) {
      throw new AssertionError("No run was started");
    }

    @Override
    public @Nullable Long requestScheduled(String pipeline, Instant logicalDate) {
      moments.add(logicalDate);
      return 1L;
    }
  }
}
