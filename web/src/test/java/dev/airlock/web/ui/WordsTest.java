package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long things take, how long somebody has set them to take, and bounds as they were set. */
final class WordsTest {
  @Test
  void shouldLeaveOutPartsOfASpanThatAreNothing() {
    assertEquals("5 s", Words.span(Duration.ofSeconds(5)));
    assertEquals("0.5 s", Words.span(Duration.ofMillis(500)));
    assertEquals("10 s", Words.span(Duration.ofSeconds(10)));
    assertEquals("30 m", Words.span(Duration.ofMinutes(30)));
    assertEquals("6 h", Words.span(Duration.ofHours(6)));
    assertEquals("1 h 30 m", Words.span(Duration.ofMinutes(90)));
    assertEquals("1 h 05 m", Words.span(Duration.ofMinutes(65)));
    assertEquals("3 d", Words.span(Duration.ofDays(3)));
    assertEquals("10 d 10 h", Words.span(Duration.ofHours(250)));
  }

  @Test
  void shouldWriteABoundAsItWasSet() {
    assertEquals("0.7", Words.bound(0.7));
    assertEquals("0.7", Words.bound(0.7f));
    assertEquals("0", Words.bound(0));
    assertEquals("270", Words.bound(270));
    assertEquals("0.0000001", Words.bound(1e-7));
    assertEquals("-0.0000025", Words.bound(-2.5e-6));
  }

  @Test
  void shouldKeepThemWhereTimeRuns() {
    assertEquals("6 h 00 m", Words.duration(Duration.ofHours(6)));
    assertEquals("1 m 00 s", Words.duration(Duration.ofMinutes(1)));
  }
}
