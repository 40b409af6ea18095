package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ResumePlan.Action;
import dev.airlock.workflows.ResumePlan.Cause;
import dev.airlock.workflows.ResumePlan.Planned;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ResumePlannerTest {

  private static final StageOutput RESULT = new StageOutput.TaskResult("1");
  private static final Graph LIFE = Stages.wholeLife();

  private final Map<String, PastStage> past = new HashMap<>();
  private Map<String, String> before = Map.of("horizon-days", "90");
  private Map<String, String> now = before;

  private static PastStage ended(StageState state, @Nullable String objection) {
    boolean gave = state == StageState.SUCCEEDED || state == StageState.CACHED;
    return new PastStage(state, gave ? RESULT : null, 41, objection);
  }

  private void allSucceeded(Graph graph) {
    graph.stages().forEach(stage -> past.put(stage.name(), ended(StageState.SUCCEEDED, null)));
  }

  private void stood(String stage, StageState state) {
    past.put(stage, ended(state, null));
  }

  private void gone(String stage) {
    past.put(stage, ended(StageState.SUCCEEDED, "its branch was dropped"));
  }

  private ResumePlan plan(Graph graph, String... from) {
    return plan(graph, graph, from);
  }

  private ResumePlan plan(Graph was, Graph is, String... from) {
    return ResumePlanner.plan(
        new ResumePlanner.Before(41, was, new TreeMap<>(before), past),
        is,
        4,
        new TreeMap<>(now),
        Set.of(from));
  }

  private static Planned of(ResumePlan plan, String stage) {
    return plan.stage(stage).orElseThrow();
  }

  private static StageSpec with(StageSpec stage, Work work) {
    return new StageSpec(
        stage.name(), work, stage.inputs(), stage.params(), stage.retry(), stage.timeout());
  }

  private static StageSpec with(StageSpec stage, FlowSpec flow) {
    return new StageSpec(
        stage.name(),
        stage.work(),
        stage.inputs(),
        stage.params(),
        stage.retry(),
        stage.timeout(),
        flow,
        null,
        null);
  }

  private static Graph replaced(Graph graph, StageSpec other) {
    return new Graph(
        graph.name(),
        graph.owner(),
        graph.schedule(),
        graph.params(),
        graph.stages().stream().map(s -> s.name().equals(other.name()) ? other : s).toList());
  }

  @Test
  void shouldRunWhatDidNotSucceedAndTakeTheRest() {
    allSucceeded(LIFE);
    stood("boosted", StageState.FAILED);
    for (String lost : List.of("judge", "register", "promote", "go-live")) {
      stood(lost, StageState.UPSTREAM_FAILED);
    }

    ResumePlan plan = plan(LIFE);

    assertEquals(List.of("boosted", "judge", "register", "promote", "go-live"), plan.running());
    assertEquals("it failed in run 41", of(plan, "boosted").why());
    assertEquals(
        "it did not start in run 41, since something before it failed", of(plan, "judge").why());
    assertEquals(Action.REUSE, of(plan, "logistic").action());
    assertEquals("it succeeded in run 41", of(plan, "logistic").why());
    assertEquals(41L, of(plan, "logistic").madeBy());
    assertNull(of(plan, "judge").madeBy());
    assertFalse(plan.isIdle());
  }

  @Test
  void shouldNameTheRunThatMadeAResultWhenItWasTakenBefore() {
    allSucceeded(LIFE);
    past.put("orders", new PastStage(StageState.CACHED, RESULT, 7, null));

    assertEquals("it succeeded in run 7", of(plan(LIFE, "judge"), "orders").why());
    assertEquals(7L, of(plan(LIFE, "judge"), "orders").madeBy());
  }

  @Test
  void shouldRunFromTheChosenStageAndAllThatFollows() {
    allSucceeded(LIFE);

    ResumePlan plan = plan(LIFE, "logistic");

    assertEquals(List.of("logistic", "judge", "register", "promote", "go-live"), plan.running());
    assertEquals("chosen", of(plan, "logistic").why());
    assertEquals("it follows logistic", of(plan, "judge").why());
    assertEquals(Cause.ALWAYS, of(plan, "go-live").cause());
  }

  @Test
  void shouldBeIdleWhenAllSucceededAndNothingIsChosen() {
    allSucceeded(LIFE);

    ResumePlan plan = plan(LIFE);

    assertEquals(List.of("go-live"), plan.running());
    assertEquals("every run deploys for itself", of(plan, "go-live").why());
    assertTrue(plan.isIdle());
  }

  @Test
  void shouldRunWhatReadsAChangedParam() {
    StageSpec features =
        new StageSpec(
            "features",
            Stages.transform("features", "orders-ok").work(),
            List.of("orders-ok"),
            List.of("horizon-days"),
            RetrySpec.STANDARD,
            Duration.ofMinutes(5));
    Graph graph = replaced(LIFE, features);
    allSucceeded(graph);
    now = Map.of("horizon-days", "60");

    ResumePlan plan = plan(graph);

    assertEquals("param horizon-days changed from 90 to 60", of(plan, "features").why());
    assertEquals(Action.REUSE, of(plan, "orders-ok").action());
    assertEquals(7, plan.running().size());
    assertFalse(plan.isIdle());
  }

  @Test
  void shouldRunWhatIsOtherInTheLatestGraph() {
    allSucceeded(LIFE);
    Graph sql =
        replaced(LIFE, with(Stages.transform("features", "orders-ok"), new Work.Transform("x")));
    assertEquals("its SQL changed in version 4", of(plan(LIFE, sql), "features").why());

    Graph rewired = replaced(LIFE, Stages.evaluate("judge", "boosted"));
    assertEquals("what it takes changed in version 4", of(plan(LIFE, rewired), "judge").why());

    Graph retried =
        replaced(
            LIFE, Stages.with(Stages.evaluate("judge", "logistic", "boosted"), RetrySpec.STANDARD));
    assertTrue(plan(LIFE, retried).isIdle(), "how often it is tried is no other definition");

    Graph more =
        new Graph(
            LIFE.name(),
            LIFE.owner(),
            null,
            LIFE.params(),
            java.util.stream.Stream.concat(
                    LIFE.stages().stream(), java.util.stream.Stream.of(Stages.task("extra")))
                .toList());
    assertEquals("new in version 4", of(plan(LIFE, more), "extra").why());
  }

  @Test
  void shouldMakeAResultAgainOnlyWhereItIsNeeded() {
    allSucceeded(LIFE);
    gone("orders");

    ResumePlan late = plan(LIFE, "judge");
    assertEquals(Action.REUSE, of(late, "orders").action(), "nobody that runs reads it");

    stood("orders-ok", StageState.FAILED);
    ResumePlan early = plan(LIFE);
    assertEquals(Action.RUN, of(early, "orders").action());
    assertEquals("its branch was dropped", of(early, "orders").why());
    assertEquals(LIFE.stages().size(), early.running().size());
  }

  @Test
  void shouldAskAnewWhenAnApprovalCanNotBeTaken() {
    allSucceeded(LIFE);
    past.put("promote", ended(StageState.SUCCEEDED, "approval 3 was revoked by approver"));

    ResumePlan plan = plan(LIFE);

    assertEquals("approval 3 was revoked by approver", of(plan, "promote").why());
    assertEquals(List.of("promote", "go-live"), plan.running());
    assertFalse(plan.isIdle());
  }

  @Test
  void shouldStaySkippedAsLongAsTheChoiceIsTaken() {
    Graph graph =
        Stages.graph(
            Stages.task("choose"),
            with(
                Stages.task("left", "choose"),
                new FlowSpec(List.of(), null, new Guard("choose", List.of("left")), null)),
            with(
                Stages.task("join", "left"),
                new FlowSpec(List.of(), TriggerRule.NONE_FAILED, null, null)),
            Stages.task("end", "join"));
    allSucceeded(graph);
    stood("left", StageState.SKIPPED);
    stood("end", StageState.FAILED);

    ResumePlan plan = plan(graph);
    assertEquals(Action.SKIP, of(plan, "left").action());
    assertEquals(Action.REUSE, of(plan, "join").action());
    assertEquals(List.of("end"), plan.running());

    assertEquals(List.of("choose", "left", "join", "end"), plan(graph, "choose").running());
  }

  @Test
  void shouldSetUpAgainWhatWasTornDownAndIsNeeded() {
    Graph graph =
        Stages.graph(
            Stages.task("before"),
            Stages.task("set-up", "before"),
            Stages.task("use", "set-up"),
            Stages.task("beside", "before"),
            with(
                Stages.task("tear-down"),
                new FlowSpec(
                    List.of("use"),
                    TriggerRule.ALL_DONE,
                    null,
                    null,
                    FlowSpec.Part.TEARDOWN,
                    List.of("set-up"),
                    null,
                    true)));
    allSucceeded(graph);
    stood("use", StageState.FAILED);

    ResumePlan plan = plan(graph);
    assertEquals(List.of("set-up", "use", "tear-down"), plan.running());
    assertEquals("tear-down tore it down in run 41", of(plan, "set-up").why());

    stood("use", StageState.SUCCEEDED);
    stood("beside", StageState.FAILED);
    assertEquals(List.of("beside"), plan(graph).running());
  }

  @Test
  void shouldDoAgainWhatACompensationUndid() {
    Graph graph =
        Stages.graph(
            Stages.task("book"),
            Stages.task("pay", "book"),
            with(
                Stages.task("unbook", "book"),
                new FlowSpec(
                    List.of(),
                    null,
                    null,
                    null,
                    FlowSpec.Part.COMPENSATION,
                    List.of("book"),
                    null,
                    false)));
    allSucceeded(graph);
    stood("pay", StageState.FAILED);

    ResumePlan plan = plan(graph);

    assertEquals(List.of("book", "pay"), plan.running());
    assertEquals("unbook undid it in run 41", of(plan, "book").why());
    assertEquals(Action.STAND_BY, of(plan, "unbook").action());
  }
}
