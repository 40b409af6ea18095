package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Weeks in the life of a live model, told by scripted predictions and outcomes; each check stands
 * at a moment of its own, and the server's clock has no part in it.
 */
@ExtendWith(SharedSystem.class)
final class MonitorTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ROWS = 400;
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration HORIZON = Duration.ofDays(28);

  /** A Monday; windows of seven days open on it. */
  private static final Instant START = Instant.parse("2025-03-03T00:00:00Z");

  @Test
  void shouldOpenATicketOnceAndStartOneRetrainWhenWeeksGoWrong(RunningSystem system) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.SECOND);
    long monitor = system.count("select id from monitor where model = ?", Sluice.MODEL);

    List<Scored> first = week(system, 0, 0);
    check(system, monitor, START.plus(WEEK));
    assertEquals(0, alerts(system, monitor), "a quiet week");

    List<Scored> second = week(system, 1, 30);
    long asked = check(system, monitor, START.plus(WEEK.multipliedBy(2)));
    assertEquals(asked, check(system, monitor, START.plus(WEEK.multipliedBy(2))), "the same check");
    check(system, monitor, START.plus(WEEK.multipliedBy(2)).plusSeconds(3_600));
    assertEquals(1, alerts(system, monitor), "opened once");
    assertEquals("open", alert(system, monitor, 0).get("state").asText());
    assertTrue(alert(system, monitor, 0).at("/figures/psi").asDouble() >= 0.3);
    assertEquals(0, runsOf(system, monitor), "drift retrains nothing");

    List<Scored> third = week(system, 2, 0);
    check(system, monitor, START.plus(WEEK.multipliedBy(3)));
    assertEquals(1, alerts(system, monitor));
    assertEquals("closed", alert(system, monitor, 0).get("state").asText());

    // Everything came out the other way round.
    outcomes(system, first);
    outcomes(system, second);
    outcomes(system, third);
    Instant mature = START.plus(WEEK.multipliedBy(3)).plus(HORIZON);
    check(system, monitor, START.plus(WEEK).plus(HORIZON));
    assertEquals(0, runsOf(system, monitor), "one bad week is not two");
    check(system, monitor, mature);
    check(system, monitor, mature.plus(WEEK));

    assertEquals(2, alerts(system, monitor));
    assertEquals(1, runsOf(system, monitor), "runs that the rule has started");
    long run =
        system.count(
            "select run_id from alert where monitor_id = ? and consequence = 'retrain'", monitor);
    JsonNode started = system.as("engineer").run(run);
    assertEquals("watch", started.at("/trigger/monitor").asText(), started::toString);
    assertTrue(started.at("/trigger/figures/brier_skill").asDouble() <= 0, started::toString);
    system.as("engineer").post("/api/v1/runs/" + run + "/cancel", Map.of()).ok();
    system.as("engineer").awaitRun(run, PATIENCE, "cancelled");
  }

  @Test
  void shouldLookByItselfAsOftenAsItIsToldAndRestWhenPaused(RunningSystem system) {
    Drill.runToTheEnd(system, Map.of("every", "PT2S"));
    long monitor = system.count("select id from monitor where model = ?", Drill.MODEL);
    Await.holds(PATIENCE, "three looks by schedule", () -> looks(system, monitor) >= 3);

    system.as("engineer").patch("/api/v1/monitors/" + monitor, Map.of("paused", true)).ok();
    Await.holds(
        PATIENCE,
        "three looks in a row to be left out",
        () ->
            system.count(
                    """
                    select count(*) from monitor_check
                    where monitor_id = ? and as_of > now() - interval '7 seconds'
                    """,
                    monitor)
                == 0);
  }

  private static long looks(RunningSystem system, long monitor) {
    return system.count(
        """
        select count(*) from monitor_check
        where monitor_id = ? and requested_by = 'schedule' and state = 'done'
        """,
        monitor);
  }

  /** A prediction, and what the version said. */
  private record Scored(UUID id, double score, Instant asOf) {}

  /** One week of predictions, each day some; with every customer visiting that much more. */
  private static List<Scored> week(RunningSystem system, int number, int moreVisits) {
    SplittableRandom random = new SplittableRandom(number);
    Asking asking = new Asking(system.url(), Sluice.MODEL);
    Instant asOf = START.plus(WEEK.multipliedBy(number)).plus(Duration.ofDays(3));
    List<UUID> ids = new ArrayList<>();
    List<Asking.Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      ids.add(UUID.randomUUID());
      rows.add(
          new Asking.Row(
              ids.get(i),
              Integer.toString(i),
              random.nextInt(20) + moreVisits,
              random.nextInt(10_000) / 100.0));
    }
    JsonNode scores = asking.ask(rows, asOf).get("outputs").get(0).get("data");
    List<Scored> scored = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      scored.add(new Scored(ids.get(i), scores.get(i).asDouble(), asOf));
    }
    awaitStored(system, asOf);
    return scored;
  }

  private static void awaitStored(RunningSystem system, Instant asOf) {
    Await.holds(
        PATIENCE,
        "the week's predictions to be stored",
        () ->
            system.count(
                    "select count(*) from prediction where model = ? and as_of = ?::timestamptz",
                    Sluice.MODEL,
                    asOf.toString())
                == ROWS);
  }

  /** What was thought likely did not happen, and what was not did. */
  private static void outcomes(RunningSystem system, List<Scored> week) {
    double middle =
        week.stream().mapToDouble(Scored::score).sorted().skip(ROWS / 2).findFirst().orElseThrow();
    List<Map<String, Object>> feedback =
        week.stream()
            .map(
                one ->
                    Map.<String, Object>of(
                        "predictionId",
                        one.id().toString(),
                        "label",
                        one.score() < middle ? 1 : 0,
                        "at",
                        one.asOf().plus(HORIZON).toString()))
            .toList();
    JsonNode answer = system.as("engineer").post("/api/v1/feedback", feedback).ok();
    assertEquals(ROWS, answer.get("counted").asInt(), () -> answer.get("items").get(0).toString());
  }

  /** Asks for a check and waits until it is done; answers its id. */
  private static long check(RunningSystem system, long monitor, Instant asOf) {
    JsonNode answer =
        system
            .as("engineer")
            .post("/api/v1/monitors/" + monitor + "/checks", Map.of("asOf", asOf.toString()))
            .ok();
    long id = answer.get("id").asLong();
    Await.holds(
        PATIENCE,
        "check %d as of %s".formatted(id, asOf),
        () ->
            system.count("select count(*) from monitor_check where id = ? and state = 'done'", id)
                == 1);
    return id;
  }

  private static long alerts(RunningSystem system, long monitor) {
    return system.count("select count(*) from alert where monitor_id = ?", monitor);
  }

  /** The monitor's alerts as REST tells them, in the order in which they opened. */
  private static JsonNode alert(RunningSystem system, long monitor, int number) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode alert :
        system.as("engineer").get("/api/v1/alerts?model=" + Sluice.MODEL).ok().get("items")) {
      if (alert.path("monitorId").asLong() == monitor) {
        found.add(0, alert);
      }
    }
    return found.get(number);
  }

  private static long runsOf(RunningSystem system, long monitor) {
    return system.count(
        "select count(*) from run where trigger_detail ->> 'monitorId' = ?",
        Long.toString(monitor));
  }
}
