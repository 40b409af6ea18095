package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "PT72H, 3 days",
    "PT90M, 1 hour 30 minutes",
    "PT1S, 1 second",
    "PT0.25S, 250 milliseconds",
    "PT0S, 0 seconds",
    "PT25H, 1 day 1 hour"
  })
  void shouldSayADurationAsPeopleDo(Duration duration, String words) {
    assertEquals(words, Words.of(duration));
  }
}
