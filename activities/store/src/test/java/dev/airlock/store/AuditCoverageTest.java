package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.workflows.CommandOutcome;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.TrialRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the application may write is in the audit, or is a fact that a machine notes. A new
 * table without a place in one of the two fails here.
 */
final class AuditCoverageTest {

  /** What happens to runs, data and traffic by itself, once somebody has asked for it. */
  private static final Set<String> FACTS =
      Set.of(
          // How a run goes: its start, its end by hand and its resumption are in the audit.
          "stage",
          "stage_event",
          "stage_attempt",
          "stage_item",
          "stage_reuse",
          "manifest",
          "cache_key",
          "source_read",
          "run_history",
          "log_line",
          "deadline",
          "event_wait",
          "sensor_look",
          "pool_request",
          // What runs make, by snapshot and digest.
          "dataset",
          "dataset_version",
          "dataset_sample",
          "dropped_branch",
          "model", // a name; its versions are in the audit
          // What schedules and backfills have got to: their runs are in the audit.
          "schedule_time",
          "dataset_trigger",
          "backfill_date",
          // What was measured, and what rules remember of it.
          "prediction",
          "waiting_label",
          "service_sample",
          "service_minute",
          "monitor_window",
          "rule_state",
          "rollout_analysis",
          // How far a rollout is: its moves of traffic are in the audit by a trigger.
          "rollout",
          // What falls due and what a policy has looked at: votes and endings are in the audit.
          "approval_call",
          "policy_look",
          // What is on its way, and who is there.
          "outbox",
          "notification",
          "message",
          "worker_queue",
          "vault_entry",
          "gateway_lease",
          "gateway_ack",
          // When a token was used last; tokens and people change by functions that keep the audit.
          "api_token",
          // Who has signed in, and until when.
          "session");

  /** Tables that others show to be in the audit, in tests of their own. */
  private static final Set<String> SHOWN_ELSEWHERE = Set.of("approval_policy");

  @TempDir Path folder;
  private final TestDatabase database = TestDatabase.fresh();
  private final Store store = database.store();
  private Scene scene;

  /** By the table that it changes. */
  private final Map<String, Runnable> changes = new LinkedHashMap<>();

  @BeforeEach
  void tell() {
    scene = new Scene(store, ArtifactStore.open(folder.toUri()));
    changes.put(
        "pipeline", () -> store.pipelines().setPaused(Scene.PIPELINE, true, by("engineer")));
    changes.put("pipeline_version", () -> scene.askedOf("approver", 1));
    changes.put(
        "publication", () -> store.pipelines().receive("p.jar", Scene.CODE, by("engineer")));
    changes.put("run", () -> scene.run("engineer"));
    changes.put("model_version", () -> scene.register(scene.run("engineer"), "early"));
    changes.put("approval", () -> scene.opened("asked"));
    changes.put(
        "decision", () -> scene.decide(scene.opened("voted"), "bob", Decision.Verdict.APPROVE));
    changes.put("model_command", () -> scene.deploy(scene.approved("deployed")));
    changes.put("rollout_control", this::steer);
    changes.put("monitor", this::watch);
    changes.put(
        "monitor_check",
        () ->
            store
                .monitors()
                .requestCheck(store.monitors().list().get(0).id(), Instant.EPOCH, by("engineer")));
    changes.put("alert", () -> store.alerts().acknowledge(alert(), by("bob")));
    changes.put("label", this::label);
    changes.put("backfill", this::backfill);
    changes.put("pool", () -> store.pools().resize("warehouse", 2, by("admin")));
    changes.put("event", () -> store.events().tell("prices", "1", null, null, by("engineer")));
    changes.put(
        "trial",
        () ->
            store
                .trials()
                .request(
                    new TrialRequest("p", "s", 1, new TreeMap<>(), null, null, null, null),
                    by("engineer")));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void steer() {
    scene.live("first");
    long command = scene.byCanary().deploy(scene.approved("second"));
    CommandOutcome.Begun begun =
        (CommandOutcome.Begun) store.routing(HaltPoint.NONE).shift(command);
    store
        .rollouts()
        .request(begun.plan().rolloutId(), RolloutControl.Kind.PAUSE, by("bob"), "Lunch");
  }

  private void watch() {
    long run = scene.run("engineer");
    store
        .monitors()
        .install(scene.task(run, "watch", Map.of()), Scene.MODEL, Scene.WATCH, Duration.ofHours(6));
  }

  private long alert() {
    return store
        .alerts()
        .open(
            new Alerts.NewAlert(
                Scene.MODEL, null, null, "cause", "open-ticket", "Late", Map.of(), Instant.EPOCH))
        .id();
  }

  private void label() {
    UUID id = UUID.randomUUID();
    Instant asOf = Instant.parse("1998-01-01T00:00:00Z");
    store
        .predictions()
        .store(List.of(new Prediction(id, Scene.MODEL, 1, asOf, asOf, 0.25, null, "{}")));
    store
        .labels()
        .take(List.of(new Feedback(id, 1, null, asOf.plus(Duration.ofDays(95)))), by("engineer"));
  }

  private void backfill() {
    Graph graph = Scene.graph("ml-leads", 1);
    store
        .pipelines()
        .publish(
            new Graph(
                "daily",
                graph.owner(),
                new ScheduleSpec("0 0 * * *", "UTC"),
                graph.params(),
                graph.stages(),
                null),
            Scene.CODE,
            by("engineer"));
    Instant monday = Instant.parse("2026-01-05T00:00:00Z");
    store
        .backfills()
        .request(
            new NewBackfill(
                "daily",
                monday,
                monday.plus(Duration.ofDays(2)),
                Map.of(),
                1,
                Backfill.Sequence.OLDEST,
                Backfill.Rerun.NONE,
                "",
                by("engineer"),
                null));
  }

  @Test
  void shouldHaveAPlaceForEveryTableThatTheApplicationWrites() {
    List<String> written =
        database
            .owner()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            select table_name from information_schema.column_privileges
                            where grantee = 'airlock_app' and table_schema = 'airlock'
                              and privilege_type in ('INSERT', 'UPDATE')
                            union
                            select table_name from information_schema.table_privileges
                            where grantee = 'airlock_app' and table_schema = 'airlock'
                              and privilege_type in ('INSERT', 'UPDATE', 'DELETE')
                            """)
                        .mapTo(String.class)
                        .list());
    Set<String> known = new TreeSet<>(changes.keySet());
    known.addAll(FACTS);
    known.addAll(SHOWN_ELSEWHERE);

    assertEquals(known, new TreeSet<>(written));
  }

  @Test
  void shouldKeepEachChangeInTheTransactionThatMakesIt() {
    changes.forEach(
        (table, change) -> {
          long before = store.audit().head().sequence();
          change.run();
          assertTrue(
              isChangedTogether(table, before), () -> table + " was changed without its audit");
        });
    assertEquals(List.of(), store.audit().verify(List.of()).faults());
  }

  /** Whether a row of the table was last written by a transaction that left a row of the audit. */
  private boolean isChangedTogether(String table, long before) {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select exists (
                          select from %s t join audit_event e on e.xmin::text = t.xmin::text
                          where e.sequence > :before)
                        """
                            .formatted(table))
                    .bind("before", before)
                    .mapTo(Boolean.class)
                    .one());
  }
}
