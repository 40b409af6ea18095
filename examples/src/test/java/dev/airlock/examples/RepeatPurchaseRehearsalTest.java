package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.Rehearse;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example's life, rehearsed: weeks of it in seconds. */
@Rehearse(RepeatPurchase.class)
final class RepeatPurchaseRehearsalTest {

  @Test
  void shouldNotGoLiveWhenNobodyDecides(Rehearsal rehearsal) {
    RehearsedRun run = rehearsal.run();

    assertEquals("Nobody decided within 3 days.", run.error("promote").message());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
    assertEquals(3, run.elapsed().toDays());
  }

  @Test
  void shouldTakeOverWithinAFortnight(Rehearsal rehearsal) {
    RehearsedRun run =
        rehearsal
            .liveAlready()
            .param("first-hold", Duration.ofDays(5))
            .param("second-hold", Duration.ofDays(9))
            .approve("anna")
            .run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(List.of(5, 25, 100), run.weights("go-live"));
    assertEquals(14, run.elapsed().toDays());
  }

  @Test
  void shouldGoBackWhenTheCanaryFails(Rehearsal rehearsal) {
    RehearsedRun run =
        rehearsal
            .liveAlready()
            .approve("anna")
            .canaryFails("go-live", 25, "2 % of the requests failed.")
            .run();

    assertEquals(List.of(5, 25, 0), run.weights("go-live"));
    assertEquals(StageFailure.ROLLED_BACK, run.error("go-live").type());
  }
}
