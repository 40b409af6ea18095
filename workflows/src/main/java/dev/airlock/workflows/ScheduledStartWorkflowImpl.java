package dev.airlock.workflows;

import io.temporal.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Asks for the run that a schedule is due, under the time it was due at. */
final class ScheduledStartWorkflowImpl implements ScheduledStartWorkflow {

  private final PatientLedger ledger = new PatientLedger();

  @Override
  public void start(String pipeline, @Nullable Duration jitter) {
    Instant due = ScheduledTime.ofThisWorkflow();
    if (jitter != null) {
      Workflow.sleep(part(jitter, pipeline, due));
    }
    ledger.requestScheduled(pipeline, due);
  }

  /** By chance, but the same for the same time however often it is replayed. */
  static Duration part(Duration jitter, String pipeline, Instant due) {
    CRC32 chance = new CRC32();
    chance.update((pipeline + "@" + due).getBytes(StandardCharsets.UTF_8));
    return Duration.ofMillis((long) (jitter.toMillis() * (chance.getValue() / 0x1p32)));
  }
}
