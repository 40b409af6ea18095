package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.testing.Rehearsal;
import dev.airlock.testing.Rehearse;
import dev.airlock.testing.RehearsedRun;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import org.junit.jupiter.api.Test;

@Rehearse({{type}}.class)
final class {{type}}Test {

  @Test
  void shouldGoLiveWhenSomebodyApproves(Rehearsal rehearsal) {
    RehearsedRun run = rehearsal.approve("approver").run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SUCCEEDED, run.stage("go-live"));
  }

  @Test
  void shouldNotGoLiveWhenNobodyDecides(Rehearsal rehearsal) {
    RehearsedRun run = rehearsal.run();

    assertEquals("Nobody decided within 3 days.", run.error("promote").message());
    assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
  }
}
