package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What lies in a watched folder counts as somebody's, and is perhaps another one's. */
final class FoundFileTest extends AtTheGate {

  private static final String BOBS =
      "Churn.java of the watched folder is a file of bob, and version 2 of repeat-purchase, which runs by itself, came out of it: somebody else must decide.";

  @BeforeEach
  void find() {
    store
        .pipelines()
        .publishFound(
            Scene.graph(
                new Work.Approval("ml-leads", null, 1, Duration.ofDays(1), null, null, true),
                new Work.Deploy(Work.Strategy.BLUE_GREEN)),
            "d".repeat(64),
            by("engineer"),
            new FoundFile("Churn.java", "/pipelines", "bob"));
  }

  private Approval opened(String triggeredBy) {
    long run =
        store
            .runs()
            .request(
                new NewRun(Scene.PIPELINE, Map.of(), null, by("engineer"), triggeredBy, "", null))
            .id();
    return store.approvals().find(scene.open(run, scene.register(run, triggeredBy))).orElseThrow();
  }

  @Test
  void shouldTakeNoVoteOfTheFilesOwnerOnWhatRunsByItself() {
    Approval approval = opened("schedule");

    GateOutcome.Forbidden refused =
        assertInstanceOf(
            GateOutcome.Forbidden.class, scene.decide(approval, "bob", Verdict.APPROVE));
    assertEquals(BOBS, refused.reason());
    assertEquals(List.of("approver"), store.approvals().voters(approval.id()));
    assertInstanceOf(
        GateOutcome.Recorded.class, scene.decide(approval, "approver", Verdict.APPROVE));
  }

  @Test
  void shouldTakeItWhereSomebodyElseHasAskedByHand() {
    Approval approval = opened("engineer");

    assertInstanceOf(GateOutcome.Recorded.class, scene.decide(approval, "bob", Verdict.APPROVE));
  }

  /** By a run of a pipeline that is nobody's file, and that has been begun so. */
  private Approval openedByACall(String triggeredBy) {
    store
        .pipelines()
        .publish(
            new Graph(
                "nightly",
                "growth",
                null,
                List.of(),
                List.of(
                    new StageSpec(
                        "call",
                        new Work.SubPipeline(Scene.PIPELINE, new TreeMap<>(), true),
                        List.of(),
                        List.of(),
                        RetrySpec.STANDARD,
                        Duration.ofMinutes(5)))),
            Scene.CODE,
            by("engineer"));
    long caller =
        store
            .runs()
            .request(new NewRun("nightly", Map.of(), null, by("engineer"), triggeredBy, "", null))
            .id();
    long called = store.subRuns().requestRun(scene.task(caller, "call", Map.of()));
    return store
        .approvals()
        .find(scene.open(called, scene.register(called, "by " + triggeredBy)))
        .orElseThrow();
  }

  @Test
  void shouldTakeNoVoteOfTheFilesOwnerWhereWhatRunsByItselfCallsIt() {
    Approval approval = openedByACall("schedule");

    GateOutcome.Forbidden refused =
        assertInstanceOf(
            GateOutcome.Forbidden.class, scene.decide(approval, "bob", Verdict.APPROVE));
    assertEquals(BOBS, refused.reason());
    assertInstanceOf(
        GateOutcome.Recorded.class, scene.decide(approval, "approver", Verdict.APPROVE));
  }

  @Test
  void shouldTakeItWhereSomebodyElseHasStartedTheCallerByHand() {
    Approval approval = openedByACall("engineer");

    assertInstanceOf(GateOutcome.Recorded.class, scene.decide(approval, "bob", Verdict.APPROVE));
  }

  /** Whoever published the caller has not looked at it, and nobody started it. */
  @Test
  void shouldTakeNoVoteOfWhoeverPublishedWhatIsCalledByWhatRunsByItself() {
    store.pipelines().publish(Scene.graph("ml-leads", 1), "e".repeat(64), by("bob"));

    Approval approval = openedByACall("schedule");
    GateOutcome.Forbidden refused =
        assertInstanceOf(
            GateOutcome.Forbidden.class, scene.decide(approval, "bob", Verdict.APPROVE));
    assertEquals(
        "bob counts as having asked for run %d, by a run or a pipeline behind it: somebody else must decide."
            .formatted(approval.runId()),
        refused.reason());

    assertInstanceOf(
        GateOutcome.Recorded.class,
        scene.decide(openedByACall("engineer"), "bob", Verdict.APPROVE));
  }

  @Test
  void shouldTakeNoPolicyOfTheFilesOwner() {
    NewPolicy wish =
        new NewPolicy(
            Scene.PIPELINE,
            null,
            "approval",
            List.of(Metric.AUC.atLeast(0.7)),
            100,
            Instant.now().plus(Duration.ofDays(30)),
            "Retrains need not wait");

    GateOutcome.Forbidden refused =
        assertInstanceOf(GateOutcome.Forbidden.class, store.policies().sign(wish, by("bob")));
    assertTrue(refused.reason().contains("a file of bob in a watched folder"), refused::reason);
    assertInstanceOf(GateOutcome.Recorded.class, store.policies().sign(wish, by("approver")));
  }

  @Test
  void shouldSayByWhichWayAVersionCame() {
    PipelineVersion found = store.pipelines().current(Scene.PIPELINE).orElseThrow();

    assertEquals("bob of /pipelines", found.fileOwner() + " of " + found.folder());
    assertTrue(
        found.way().contains("out of Churn.java, a file of the machine's user bob"), found::way);
    assertEquals("", store.pipelines().version(Scene.PIPELINE, 1).orElseThrow().way());
  }
}
