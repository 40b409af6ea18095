package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RetrialsTest {

  private final RuntimeException lost =
      new UncheckedIOException("Not there.", new FileNotFoundException("orders.csv"));

  @Test
  void shouldTryAgainAfterWhateverUnlessSomethingIsSaid() {
    assertSame(lost, Retrials.judged(lost, spec(null, null)));
  }

  @Test
  void shouldKnowSubclassesAndCauses() {
    assertSame(lost, Retrials.judged(lost, spec(List.of(IOException.class.getName()), null)));
    assertEnds(lost, spec(null, List.of(IOException.class.getName())));
    assertEnds(lost, spec(List.of(IllegalStateException.class.getName()), null));
  }

  @Test
  void shouldSayWhatItWouldHaveSaid() {
    ApplicationFailure ended =
        assertEnds(lost, spec(null, List.of(UncheckedIOException.class.getName())));

    assertEquals(FileNotFoundException.class.getName(), ended.getType());
    assertEquals("orders.csv", ended.getOriginalMessage());
  }

  @Test
  void shouldNotMistakeItsOwnWrapperForTheFailure() {
    RuntimeException checked = new TaskCall.TaskFailedException(new IOException("No network."));

    assertSame(
        checked, Retrials.judged(checked, spec(null, List.of("java.lang.RuntimeException"))));
    assertEnds(checked, spec(null, List.of(IOException.class.getName())));
  }

  @Test
  void shouldGoByAirlocksOwnTypesToo() {
    ApplicationFailure away = ApplicationFailure.newFailure("Away.", StageFailure.UNAVAILABLE);
    ApplicationFailure bad = StageFailure.of(StageFailure.BAD_DATA, "2 rows are broken.");

    assertSame(away, Retrials.judged(away, spec(List.of(StageFailure.UNAVAILABLE), null)));
    assertEnds(away, spec(null, List.of(StageFailure.UNAVAILABLE)));
    assertSame(bad, Retrials.judged(bad, spec(List.of("java.io.IOException"), null)));
  }

  private static ApplicationFailure assertEnds(RuntimeException failure, RetrySpec spec) {
    RuntimeException judged = Retrials.judged(failure, spec);
    assertFalse(judged == failure);
    assertTrue(judged instanceof ApplicationFailure ended && ended.isNonRetryable());
    return (ApplicationFailure) judged;
  }

  private static RetrySpec spec(@Nullable List<String> on, @Nullable List<String> neverOn) {
    return new RetrySpec(3, Duration.ofSeconds(1), 2, Duration.ofMinutes(1), on, neverOn);
  }
}
