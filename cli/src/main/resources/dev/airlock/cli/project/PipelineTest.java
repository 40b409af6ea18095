package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import org.junit.jupiter.api.Test;

final class {{type}}Test {

  @Test
  void shouldGoLiveWhenSomebodyApproves() {
    RehearsedRun run = Rehearsal.of(new {{type}}()).approve("approver").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SUCCEEDED, run.stage("go-live"));
  }

  @Test
  void shouldNotGoLiveWhenNobodyDecides() {
    RehearsedRun run = Rehearsal.of(new {{type}}()).run();

    assertEquals("Nobody decided within 3 days.", run.error("promote").message());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
  }
}
