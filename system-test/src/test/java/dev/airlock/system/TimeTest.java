package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pipelines that start every two seconds, on the real Temporal. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class TimeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PIPELINE = "/api/v1/pipelines/ticker";

  @Test
  void shouldStartByItselfLeaveOutWhatOverlapsAndFillInWhatIsMissing(RunningSystem system) {
    new PipelineJar("ticker", "Ticker", Map.of()).havePublished(system);
    Client engineer = system.as("engineer");
    assertEquals(5, engineer.get(PIPELINE).ok().path("nextTimes").size());
    Await.holds(
        PATIENCE,
        "three runs by schedule",
        () ->
            system.count(
                    "select count(*) from run where pipeline = 'ticker' and triggered_by = 'schedule' and state = 'succeeded'")
                >= 3);
    engineer.patch(PIPELINE, Map.of("paused", true)).ok();

    assertEquals(
        0,
        system.count(
            """
            select count(*) from run as later join run as earlier on earlier.id < later.id
            where later.pipeline = 'ticker' and earlier.pipeline = 'ticker'
              and later.triggered_by = 'schedule' and earlier.triggered_by = 'schedule'
              and later.created_at < coalesce(earlier.ended_at, now())
            """),
        "no two at once");
    assertTrue(
        system.count("select count(*) from schedule_time where left_out like '%still under way.'")
            > 0);
    assertEquals(
        0,
        system.count(
            """
            select count(*) from run where pipeline = 'ticker' and triggered_by = 'schedule'
              and extract(epoch from logical_date)::numeric % 2 <> 0
            """));

    Instant now = Instant.now();
    JsonNode backfill =
        engineer
            .post(
                PIPELINE + "/backfills",
                Map.of(
                    "from", now.minusSeconds(3_612).toString(),
                    "to", now.minusSeconds(3_600).toString(),
                    "maxActive", 5))
            .ok();
    long id = backfill.path("id").asLong();
    int dates = backfill.path("dates").size();
    assertTrue(dates >= 6, backfill::toString);
    Await.holds(PATIENCE, "two done", () -> progress(engineer, id).path("succeeded").asInt() >= 2);
    long killed = system.kill(Part.WORKER);
    system.awaitReplaced(Part.WORKER, killed);
    Await.holds(
        PATIENCE,
        "the backfill to be over",
        () -> progress(engineer, id).path("state").asText().equals("succeeded"));
    assertEquals(dates, progress(engineer, id).path("succeeded").asInt());
    assertEquals(
        dates,
        system.count(
            "select count(distinct logical_date) from run where pipeline = 'ticker' and triggered_by = 'backfill'"));
    assertTrue(mostAtOnce(system) <= 2, "maxActiveRuns holds through it all");
  }

  @Test
  void shouldMakeUpForTheTimesThatPassedWhileTheWorkerWasAway(RunningSystem system) {
    new PipelineJar("beat", "Beat", Map.of()).havePublished(system);
    Await.holds(
        PATIENCE, "a run of each", () -> runs(system, "beat") > 0 && runs(system, "pulse") > 0);

    long away = system.pid(Part.WORKER);
    Processes.stop(away);
    // With its restart this makes more than the ten seconds that are made up for in any case.
    LockSupport.parkNanos(Duration.ofSeconds(8).toNanos());
    system.kill(Part.WORKER);
    system.awaitReplaced(Part.WORKER, away);
    Instant back = Instant.now();
    Await.holds(
        PATIENCE,
        "the times since",
        () -> decidedAfter(system, "beat", back) > 2 && decidedAfter(system, "pulse", back) > 2);
    // What the dead worker had taken on comes after newer times.
    for (String pipeline : List.of("beat", "pulse")) {
      Await.holds(
          PATIENCE,
          pipeline + ": each time is there, once",
          () -> gapsBefore(system, pipeline, back) == 0);
    }
    Client engineer = system.as("engineer");
    engineer.patch("/api/v1/pipelines/beat", Map.of("paused", true)).ok();
    engineer.patch("/api/v1/pipelines/pulse", Map.of("paused", true)).ok();

    String missed = "left_out like 'No worker was there in time%'";
    assertEquals(0, times(system, "beat", missed));
    assertTrue(times(system, "beat", "run_id is not null and " + late("10 s")) > 0);
    assertTrue(times(system, "pulse", missed) > 0);
    assertEquals(0, times(system, "pulse", missed + " and not " + late("10 s")));
    assertEquals(0, times(system, "pulse", "run_id is not null and " + late("10 s")));
  }

  private static long gapsBefore(RunningSystem system, String pipeline, Instant moment) {
    return system.count(
        """
        select count(*) from (
          select logical_date - lag(logical_date) over (order by logical_date) as gap
          from schedule_time where pipeline = ? and logical_date <= ?::timestamptz) as gaps
        where gap <> interval '2 s'
        """,
        pipeline,
        moment.toString());
  }

  private static String late(String than) {
    return "decided_at - logical_date > interval '" + than + "'";
  }

  private static long runs(RunningSystem system, String pipeline) {
    return times(system, pipeline, "run_id is not null");
  }

  private static long times(RunningSystem system, String pipeline, String which) {
    return system.count(
        "select count(*) from schedule_time where pipeline = ? and " + which, pipeline);
  }

  private static long decidedAfter(RunningSystem system, String pipeline, Instant moment) {
    return system.count(
        "select count(*) from schedule_time where pipeline = ? and logical_date > ?::timestamptz",
        pipeline,
        moment.toString());
  }

  private static JsonNode progress(Client client, long id) {
    Client.Answer answer = client.get("/api/v1/backfills/" + id);
    return answer.status() == 200 ? answer.body() : answer.body().path("none");
  }

  /** How many runs of backfills were there at once, from the first change to the end. */
  private static long mostAtOnce(RunningSystem system) {
    return system.count(
        """
        select max(at_once) from (
          select count(*) as at_once from run a join run b
            on b.pipeline = 'ticker' and b.triggered_by = 'backfill'
            and b.started_at <= a.started_at and b.ended_at > a.started_at
          where a.pipeline = 'ticker' and a.triggered_by = 'backfill' group by a.id) as counted
        """);
  }
}
