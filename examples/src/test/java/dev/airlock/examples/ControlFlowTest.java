package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.examples.NightlyOffers.Size;
import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the guide says of control flow. */
final class ControlFlowTest {

  @Test
  void shouldTakeTheBranchThatWasChosen() {
    RehearsedRun run = Rehearsal.of(new NightlyOffers()).chooses("size", Size.LARGE).run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SUCCEEDED, run.stage("full"));
    assertEquals(StageState.SKIPPED, run.stage("quick"));
    assertEquals(run.output("full"), run.output("offers"));
  }

  @Test
  void shouldSkipTheRestOnAQuietNight() {
    RehearsedRun run = Rehearsal.of(new NightlyOffers()).chooses("enough", false).run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SKIPPED, run.stage("send"));
    assertEquals(StageState.SKIPPED, run.stage("give-back"));
    assertEquals(StageState.SUCCEEDED, run.stage("report"));
  }

  @Test
  void shouldUndoAndTellWhenSendingFails() {
    RehearsedRun run =
        Rehearsal.of(new NightlyOffers()).stageFails("send", "The mail server says no.").run();

    assertEquals(RunState.FAILED, run.state());
    assertEquals(List.of("book"), run.undone());
    assertEquals(StageState.SUCCEEDED, run.stage("give-back"));
    assertEquals(StageState.SUCCEEDED, run.stage("on-failure-of-send"));
    assertEquals(StageState.SUCCEEDED, run.stage("on-failure"));
    assertEquals(StageState.SUCCEEDED, run.stage("report"));
  }

  @Test
  void shouldFailWithTheOtherPipeline() {
    RehearsedRun run =
        Rehearsal.of(new NightlyOffers()).stageFails("prices", "No prices today.").run();

    assertEquals(
        "Run 1001 of refresh-prices failed: No prices today.", run.error("prices").message());
    assertEquals(List.of("book"), run.undone());
  }

  @Test
  void shouldGiveBackWhatWasRentedWhenTheRunIsCancelled() {
    RehearsedRun run =
        Rehearsal.of(new NightlyOffers())
            .stageFails("send", "The mail server says no.")
            .cancelAfter(Duration.ofSeconds(2))
            .run();

    assertEquals(StageState.SUCCEEDED, run.stage("give-back"));
    assertEquals(List.of("book"), run.undone());
  }

  @Test
  void shouldSayWhatAChoiceCanAnswer() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Rehearsal.of(new NightlyOffers()).chooses("size", "HUGE"));

    assertEquals(
        "'size' never answers 'HUGE'; it answers one of [SMALL, LARGE].", refused.getMessage());
  }
}
