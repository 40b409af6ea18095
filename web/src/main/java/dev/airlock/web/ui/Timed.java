package dev.airlock.web.ui;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sentence with a moment in it: "expires in 3 h", "held until 14:05:00". Browsers say the moment
 * in the zone of whoever reads, and keep what is relative to now true while the page stands.
 *
 * @param at null where there is none
 * @param says the moment, as it is said without script
 * @param local how it is said in the reader's zone: {@code moment} or {@code clock}; null where it
 *     is relative
 * @param tick how it is said relative to now: {@code ago}, {@code for} or {@code until}; null where
 *     it is not
 */
public record Timed(
    String before,
    @Nullable Instant at,
    String says,
    @Nullable String local,
    @Nullable String tick,
    String after) {

  static final Timed NOTHING = plain("");

  static Timed plain(String text) {
    return new Timed(text, null, "", null, null, "");
  }

  /** "… 16 Nov 2026 04:31 …". */
  static Timed moment(String before, Instant at, String after) {
    return new Timed(before, at, Words.moment(at), "moment", null, after);
  }

  /** "… 29 Jun 1998 …": a day is the same day everywhere, a moment of it is not. */
  static Timed date(String before, Instant at, String after) {
    return Words.isMidnight(at)
        ? plain(before + Words.date(at) + after)
        : moment(before, at, after);
  }

  /** "… 04:31:49 …". */
  static Timed clock(String before, Instant at, String after) {
    return new Timed(before, at, Words.clock(at), "clock", null, after);
  }

  /** "… 2 h ago …". */
  static Timed ago(String before, Instant at, Instant now, String after) {
    return new Timed(before, at, Words.ago(at, now), null, "ago", after);
  }

  /** "… 2 h …", how long something lasts that began then. */
  static Timed lasting(String before, Instant at, Instant now, String after) {
    return new Timed(before, at, Words.since(at, now), null, "for", after);
  }

  /** "… in 2 h …". */
  static Timed until(String before, Instant at, Instant now, String after) {
    return new Timed(before, at, Words.until(at, now), null, "until", after);
  }

  /** All of it, as it is said without script. */
  String text() {
    return before + says + after;
  }

  public boolean isEmpty() {
    return text().isEmpty();
  }
}
