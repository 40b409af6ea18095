package dev.airlock.dsl;

import static dev.airlock.dsl.Shop.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.airlock.dsl.FlowTasks.Size;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.dsl.graph.Work;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ControlFlowTest {

  @Test
  void shouldSayNothingOfAStageOfWhichNothingWasSaid() {
    Graph graph = Shop.build(Shop::valid);

    graph.stages().forEach(stage -> assertNull(stage.flow()));
  }

  @Test
  void shouldPutAStageBehindThoseItComesAfter() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<String> first = pipeline.task("first", FlowTasks::region);
              Stage<String> last = pipeline.task("last", FlowTasks::cluster);
              first.after(last).triggerRule(TriggerRule.ALL_DONE);
            });

    assertEquals(List.of("last", "first"), names(graph));
    assertEquals(List.of("last"), flow(graph, "first").after());
    assertEquals(TriggerRule.ALL_DONE, flow(graph, "first").trigger());
  }

  @Test
  void shouldBranchOnAnEnumAndComeTogetherAgain() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<Dataset> orders = Shop.valid(pipeline);
              ChoiceStage<Size> size = pipeline.choose("size", FlowTasks::size, orders);
              Stage<Dataset> full = features(pipeline, "full", orders).when(size.is(Size.LARGE));
              Stage<Dataset> quick = features(pipeline, "quick", orders).when(size.is(Size.SMALL));
              Stage<Dataset> features = pipeline.firstOf("features", full, quick);
              pipeline.train("logistic", features, Shop.SPLIT, Shop.logistic());
            });

    assertEquals(
        new FlowSpec.Choice(List.of("SMALL", "LARGE"), false), flow(graph, "size").choice());
    assertEquals(new Guard("size", List.of("LARGE")), flow(graph, "full").guard());
    assertEquals(new Work.FirstOf(), stage(graph, "features").work());
    assertEquals(List.of("full", "quick"), stage(graph, "features").inputs());
    assertEquals(TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, flow(graph, "features").trigger());
  }

  @Test
  void shouldSkipWhatFollowsAShortCircuit() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<Dataset> orders = Shop.valid(pipeline);
              Stage<Boolean> enough = pipeline.onlyIf("enough", FlowTasks::enough, orders);
              features(pipeline, "features", orders).after(enough);
            });

    assertEquals(
        new FlowSpec.Choice(List.of("true", "false"), true), flow(graph, "enough").choice());
    assertEquals(List.of("enough"), flow(graph, "features").after());
  }

  @Test
  void shouldLetAGroupStandForItsFirstAndLastStages() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<String> before = pipeline.task("before", FlowTasks::region);
              StageGroup group = pipeline.group("middle").after(before);
              Stage<String> a = pipeline.task("a", FlowTasks::cluster).in(group);
              pipeline.task("b", FlowTasks::shutDownTwice, a).in(group);
              pipeline.task("after", FlowTasks::count).after(group);
            });

    assertEquals(List.of("before"), flow(graph, "a").after());
    assertEquals(List.of(), flow(graph, "b").after());
    assertEquals("middle", flow(graph, "b").group());
    assertEquals(List.of("b"), flow(graph, "after").after());
  }

  @Test
  void shouldTearDownOnceAllThatDependsOnItHasEnded() {
    Graph graph =
        Shop.build(
            pipeline -> {
              Stage<String> cluster = pipeline.task("cluster", FlowTasks::cluster);
              Stage<String> use = pipeline.task("use", FlowTasks::shutDownTwice, cluster);
              pipeline.task("more", FlowTasks::shutDownTwice, use);
              pipeline.task("else", FlowTasks::count);
              pipeline.task("shut-down", FlowTasks::shutDownTwice, cluster).teardownOf(cluster);
            });

    FlowSpec teardown = flow(graph, "shut-down");
    assertEquals(Part.TEARDOWN, teardown.part());
    assertEquals(List.of("cluster"), teardown.of());
    assertEquals(List.of("more"), teardown.after());
    assertEquals(true, teardown.mayFail());
  }

  @Test
  void shouldCarryWhatFailuresCallAsStages() {
    Graph graph =
        Shop.build(
            pipeline -> {
              pipeline.onFailure(FlowTasks::ring);
              pipeline
                  .task("cluster", FlowTasks::cluster)
                  .compensateWith(FlowTasks::undo)
                  .onFailure(FlowTasks::tell);
              pipeline.task("more", FlowTasks::count).compensateWith(FlowTasks::undoAll);
            });

    assertEquals(Part.ON_FAILURE, flow(graph, "on-failure").part());
    assertEquals(List.of(), flow(graph, "on-failure").of());
    assertEquals(List.of("cluster"), flow(graph, "on-failure-of-cluster").of());
    assertEquals(Part.COMPENSATION, flow(graph, "undo-cluster").part());
    assertEquals(List.of("cluster"), stage(graph, "undo-cluster").inputs());
    assertEquals(List.of(), stage(graph, "undo-more").inputs());
  }

  @Test
  void shouldRunAnotherPipeline() {
    Param<String> region = Param.text("region").orElse("eu");
    Graph graph =
        Shop.build(
            pipeline ->
                pipeline
                    .run("prices", "refresh-prices")
                    .param("region", region)
                    .param("days", 7)
                    .waitFor());

    assertEquals(
        new Work.SubPipeline(
            "refresh-prices",
            new TreeMap<>(Map.of("region", Setting.fromParam("region"), "days", Setting.of(7))),
            true),
        stage(graph, "prices").work());
    assertEquals("region", graph.params().get(0).name());
  }

  @Test
  void shouldTryAgainByTheTypeOfTheError() {
    Graph graph =
        Shop.build(
            pipeline ->
                pipeline
                    .task("a", FlowTasks::count)
                    .retry(5)
                    .retryOn(IOException.class)
                    .neverRetryOn("timed-out"));

    assertEquals(List.of("java.io.IOException"), stage(graph, "a").retry().retryOn());
    assertEquals(List.of("timed-out"), stage(graph, "a").retry().neverRetryOn());
    assertEquals(5, stage(graph, "a").retry().maximumAttempts());
  }

  @Test
  void shouldRefuseACycle() {
    assertProblem(
        "stage 'a'",
        "It waits for itself: a after c after b after a.",
        ".after(…)",
        pipeline -> {
          Stage<String> a = pipeline.task("a", FlowTasks::region);
          Stage<String> b = pipeline.task("b", FlowTasks::shutDownTwice, a);
          a.after(pipeline.task("c", FlowTasks::shutDownTwice, b));
        });
    assertProblem(
        "stage 'a'",
        "It comes after itself.",
        ".after(…)",
        pipeline -> {
          Stage<String> a = pipeline.task("a", FlowTasks::region);
          a.after(a);
        });
  }

  @Test
  void shouldRefuseAnAnswerThatIsNeverGiven() {
    assertProblem(
        "stage 'a'",
        "It runs where 'region' answers 'euu', which it never does.",
        "Did you mean 'eu'?",
        pipeline -> {
          ChoiceStage<String> region =
              pipeline.choose("region", FlowTasks::region).answers("eu", "us");
          pipeline.task("a", FlowTasks::count).when(region.is("euu"));
        });
    assertProblem(
        "stage 'count'",
        "The choice answers with a long.",
        "enum or a String",
        pipeline -> pipeline.choose("count", FlowTasks::count));
  }

  @Test
  void shouldRefuseAStageThatNothingCanStart() {
    assertProblem(
        "stage 'both'",
        "needs different answers of 'size' at once",
        "firstOf",
        pipeline -> {
          Stage<Dataset> orders = Shop.valid(pipeline);
          ChoiceStage<Size> size = pipeline.choose("size", FlowTasks::size, orders);
          Stage<Dataset> full = features(pipeline, "full", orders).when(size.is(Size.LARGE));
          Stage<Dataset> quick = features(pipeline, "quick", orders).when(size.is(Size.SMALL));
          pipeline.transform("both", Sql.text("SELECT 1 AS one"), full, quick);
        });
    assertProblem(
        "stage 'b'",
        "It starts only where 'a' is skipped, which it never is.",
        "depend on a choice",
        pipeline ->
            pipeline
                .task("b", FlowTasks::count)
                .after(pipeline.task("a", FlowTasks::count))
                .triggerRule(TriggerRule.ALL_SKIPPED));
    assertProblem(
        "stage 'a'",
        "It has the trigger rule ONE_FAILED, but comes after nothing.",
        ".after(…)",
        pipeline -> pipeline.task("a", FlowTasks::count).triggerRule(TriggerRule.ONE_FAILED));
  }

  @Test
  void shouldRefuseAResultThatMayBeMissing() {
    assertProblem(
        "stage 'features'",
        "Under ALL_DONE, 'orders-ok' may have given nothing",
        "firstOf",
        pipeline ->
            features(pipeline, "features", Shop.valid(pipeline)).triggerRule(TriggerRule.ALL_DONE));
    assertProblem(
        "stage 'b'",
        "under ALL_FAILED there is none when it starts",
        ".after(…)",
        pipeline ->
            pipeline
                .task("b", FlowTasks::shutDownTwice, pipeline.task("a", FlowTasks::cluster))
                .triggerRule(TriggerRule.ALL_FAILED));
  }

  @Test
  void shouldRefuseATeardownWithoutASetUp() {
    assertProblem(
        "stage 'a'",
        "The teardown has no set-up.",
        ".teardownOf(cluster)",
        pipeline -> pipeline.task("a", FlowTasks::count).teardownOf());
    assertProblem(
        "stage 'shut-down'",
        "takes the result of 'use', which may have failed",
        "cluster",
        pipeline -> {
          Stage<String> cluster = pipeline.task("cluster", FlowTasks::cluster);
          Stage<String> use = pipeline.task("use", FlowTasks::shutDownTwice, cluster);
          pipeline.task("shut-down", FlowTasks::shutDownTwice, use).teardownOf(cluster);
        });
  }

  @Test
  void shouldRefuseStagesAndGroupsOfAnotherPipeline() {
    PipelineBuilder other = Shop.pipeline();
    Stage<String> foreign = other.task("foreign", FlowTasks::region);
    assertProblem(
        "stage 'a'",
        "It comes after the stage 'foreign' of another pipeline.",
        "stage of this one",
        pipeline -> pipeline.task("a", FlowTasks::count).after(foreign));
    assertProblem(
        "group 'empty'",
        "The group has no stages.",
        ".in(group)",
        pipeline -> {
          pipeline.group("empty");
          pipeline.task("a", FlowTasks::count);
        });
  }

  @Test
  void shouldRefuseARunThatSaysNotWhetherItIsWaitedFor() {
    assertProblem(
        "stage 'prices'",
        "does not say whether it is waited for",
        ".waitFor() or .goOn()",
        pipeline -> pipeline.run("prices", "refresh-prices"));
  }

  private static Stage<Dataset> features(
      PipelineBuilder pipeline, String name, Stage<Dataset> orders) {
    return pipeline.transform(name, Sql.text("SELECT * FROM orders_ok"), orders);
  }

  private static List<String> names(Graph graph) {
    return graph.stages().stream().map(StageSpec::name).toList();
  }

  private static StageSpec stage(Graph graph, String name) {
    return graph.stage(name).orElseThrow();
  }

  private static FlowSpec flow(Graph graph, String name) {
    return Objects.requireNonNull(stage(graph, name).flow());
  }
}
