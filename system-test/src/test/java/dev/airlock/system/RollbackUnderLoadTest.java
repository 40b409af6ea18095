package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.system.Sluice.Shift;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How fast two gateways follow a decision while customers ask without a break. */
@ExtendWith(SharedSystem.class)
final class RollbackUnderLoadTest {

  /** What is promised is a second; this much more is left to a busy machine. */
  private static final Duration GENEROUS = Duration.ofSeconds(3);

  private static final Duration LONG_HOLD = Duration.ofMinutes(5);
  private static final Duration A_WHILE = Duration.ofSeconds(2);
  private static final List<Map<String, Object>> HOLDS_ALWAYS =
      List.of(Map.of("figure", "error_rate", "atMost", 1.0));

  @Test
  void shouldLoseNoRequestWhenAllTrafficGoesBack(RunningSystem system, SecondGateway second) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.FIRST);
    List<URI> gateways = List.of(system.url(), second.url());
    List<Load.Answer> answers;
    Instant asked;
    Instant answered;
    Shift shift;
    try (Load load = Load.on(Sluice.MODEL, Duration.ZERO, gateways)) {
      long rollout = sluice.begin(LONG_HOLD, HOLDS_ALWAYS);
      sluice.awaitWeight(rollout, 30);
      shift = sluice.shifts(rollout).get(0);
      LockSupport.parkNanos(A_WHILE.toNanos());

      asked = Instant.now();
      system.as("approver").post("/api/v1/models/" + Sluice.MODEL + "/rollback", Map.of()).ok();
      answered = Instant.now();
      LockSupport.parkNanos(A_WHILE.toNanos());
      answers = load.answers();
      assertEquals("aborted", sluice.awaitEnd(rollout));
    }

    assertEquals(List.of(), answers.stream().filter(answer -> !answer.isWell()).toList());
    for (URI gateway : gateways) {
      List<Load.Answer> here =
          answers.stream().filter(answer -> answer.gateway().equals(gateway)).toList();
      assertWithin(
          GENEROUS, shift.at(), firstOfSecondVersion(here), "from the decision to " + gateway);
      Instant last = lastOfSecondVersion(here);
      assertTrue(last.isAfter(asked.minusSeconds(1)), "the second version answered until the end");
      assertWithin(GENEROUS, asked, last, "from the request to the last bad answer of " + gateway);
      assertTrue(
          here.stream()
              .noneMatch(
                  answer -> answer.asked().isAfter(answered) && answer.version() == Sluice.SECOND),
          "nobody who asks after the rollback was answered meets the second version");
    }
  }

  private static Instant firstOfSecondVersion(List<Load.Answer> answers) {
    return answers.stream()
        .filter(answer -> answer.version() == Sluice.SECOND)
        .map(Load.Answer::answered)
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private static Instant lastOfSecondVersion(List<Load.Answer> answers) {
    return answers.stream()
        .filter(answer -> answer.version() == Sluice.SECOND)
        .map(Load.Answer::answered)
        .max(Instant::compareTo)
        .orElseThrow();
  }

  private static void assertWithin(Duration bound, Instant from, Instant until, String what) {
    Duration took = Duration.between(from, until);
    assertTrue(took.compareTo(bound) <= 0, () -> what + ": " + took.toMillis() + " ms");
  }
}
