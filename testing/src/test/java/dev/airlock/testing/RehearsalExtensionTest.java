package dev.airlock.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Expectations;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.RunState;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

@ExtendWith(RehearsalExtensionTest.ExpectedFailure.class)
@Rehearse(RehearsalExtensionTest.Visits.class)
final class RehearsalExtensionTest {

  static final class Visits implements PipelineSource {
    @Override
    public Pipeline define() {
      return pipeline("visits");
    }
  }

  static final class Orders implements PipelineSource {
    @Override
    public Pipeline define() {
      return pipeline("orders");
    }
  }

  private static Pipeline pipeline(String stage) {
    PipelineBuilder pipeline = Pipeline.named(stage).ownedBy("growth");
    Stage<Dataset> rows =
        pipeline.ingest(
            stage,
            Source.csv(Param.uri("file").orElse("rows.csv")).column("id", ColumnType.INTEGER));
    pipeline.validate(stage + "-ok", rows, Expectations.column("id").notNull());
    return pipeline.build();
  }

  @Test
  void shouldRehearseThePipelineOfTheClass(Rehearsal rehearsal) {
    RehearsedRun run = rehearsal.run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals("visits", run.order().get(0));
  }

  @Test
  @Rehearse(Orders.class)
  void shouldPreferThePipelineOfTheMethod(Rehearsal rehearsal) {
    assertEquals("orders", rehearsal.run().order().get(0));
  }

  @Test
  void shouldPreferThePipelineOfTheParameter(
      Rehearsal first, @Rehearse(Orders.class) Rehearsal second, Rehearsal third) {
    assertEquals("orders", second.run().order().get(0));
    assertNotSame(first, third);
  }

  @Nested
  final class Inside {
    @Test
    void shouldKnowThePipelineOfTheClassAround(Rehearsal rehearsal) {
      assertEquals("visits", rehearsal.run().order().get(0));
    }
  }

  @Test
  void failingAsExpectedShouldTellWhatTheRunDid(Rehearsal rehearsal) {
    rehearsal.stageFails("visits", "The shop is closed.").run();

    throw new ExpectedFailure.Failure();
  }

  /** Stands before the extension, and so sees what it makes of a failure. */
  static final class ExpectedFailure implements TestExecutionExceptionHandler {

    static final class Failure extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      assertEquals(1, failure.getSuppressed().length);
      String story = failure.getSuppressed()[0].toString();
      assertTrue(story.contains("+0d 00:00:00  visits pending"), story);
      assertTrue(story.contains("visits failed: The shop is closed."), story);
      assertTrue(story.contains("visits-ok upstream-failed"), story);
      assertTrue(story.stripTrailing().endsWith("failed"), story);
    }
  }
}
