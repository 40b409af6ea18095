package dev.airlock.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Expectations;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResumeRehearsalTest {

  private static final Param<Integer> WINDOW_DAYS = Param.integer("window-days").orElse(90);

  /** Two tables out of one file, of which only the second asks for the window. */
  private static final class Visits implements PipelineSource {
    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("visits").ownedBy("growth");
      Stage<Dataset> visits =
          pipeline
              .ingest("visits", Source.csv("visits.csv").column("customer", ColumnType.INTEGER))
              .cached();
      Stage<Dataset> valid =
          pipeline.validate("visits-ok", visits, Expectations.column("customer").notNull());
      pipeline
          .transform("customers", Sql.text("SELECT DISTINCT customer FROM visits_ok"), valid)
          .cached(Duration.ofDays(7));
      pipeline
          .transform(
              "recent", Sql.text("SELECT customer, :window_days AS days FROM visits_ok"), valid)
          .with(WINDOW_DAYS);
      return pipeline.build();
    }
  }

  @Test
  void shouldRunOnlyWhatFailed() {
    Rehearsal rehearsal = Rehearsal.of(new Visits()).stageFails("recent", 3, "The disk is full.");
    RehearsedRun failed = rehearsal.run();
    assertEquals(StageState.FAILED, failed.stage("recent"));

    RehearsedRun resumed = Rehearsal.of(new Visits()).run();
    assertThrows(IllegalArgumentException.class, () -> rehearsal.resume(resumed));

    RehearsedRun again = rehearsal.stageFails("recent", 0, "").resume(failed);

    assertEquals(RunState.SUCCEEDED, again.state());
    assertEquals(StageState.CACHED, again.stage("visits"));
    assertEquals(failed.output("customers"), again.output("customers"));
    assertEquals(List.of("recent"), again.order());
  }

  @Test
  void shouldRunWhatReadsAParamThatChanged() {
    Rehearsal rehearsal = Rehearsal.of(new Visits());
    RehearsedRun first = rehearsal.run();

    assertEquals(List.of("recent"), rehearsal.param("window-days", 30).resume(first).order());
    assertEquals(
        Set.of("customers", "recent"), Set.copyOf(rehearsal.resume(first, "customers").order()));
  }
}
