package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityNotExistsException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {

  @Test
  void shouldHearThatTheAttemptIsUnwantedAfterABeatThatFailed() {
    AtomicInteger beats = new AtomicInteger();
    ActivityExecutionContext context =
        StandIn.answering(
            ActivityExecutionContext.class,
            (method, given) -> {
              if (beats.getAndIncrement() == 0) {
                throw new OutOfMemoryError("taken by the task");
              }
              throw new ActivityNotExistsException(new IllegalStateException("timed out"));
            });
    ScheduledExecutorService clock = Rounds.threads("test", 1);
    try (Heartbeat heartbeat = Heartbeat.begin(context, clock)) {
      assertThrows(InterruptedException.class, () -> Thread.sleep(20_000));
      assertNotNull(heartbeat.unwanted());
    } finally {
      clock.shutdownNow();
    }
  }
}
