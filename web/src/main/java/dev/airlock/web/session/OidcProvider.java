package dev.airlock.web.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a provider once it has answered. It is asked when the first person comes; where
 * it is silent, everybody else is told so at once for ten seconds, so that no thread of this
 * process waits for it one after the other.
 */
final class OidcProvider<C> {
  private static final Logger LOG = LoggerFactory.getLogger(OidcProvider.class);
  static final Duration PAUSE = Duration.ofSeconds(10);

  /** Those who come while it is being asked wait for a moment: it mostly answers within that. */
  private static final int MOST_WAITING = 8;

  private static final long WAIT_MILLIS = 2_000;

  private final Supplier<C> asked;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable C answer;
  private volatile Instant silentUntil = Instant.MIN;

  /** The provider does not answer. */
  static final class SilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SilentException(String message) {
      super(message);
    }
  }

  /**
   * Asks nobody yet.
   *
   * @param asked asks it, for as long as that takes; throws where it does not answer
   */
  OidcProvider(Supplier<C> asked, InstantSource clock) {
    this.asked = asked;
    this.clock = clock;
  }

  /**
   * What it answered.
   *
   * @throws SilentException where it does not, or did not within the last ten seconds
   */
  C get() {
    C known = answer;
    if (known != null) {
      return known;
    }
    if (silentUntil.isAfter(clock.instant())) {
      throw new SilentException("It did not answer a moment ago.");
    }
    if (asking.getQueueLength() >= MOST_WAITING || !isMyTurn()) {
      throw new SilentException("It is being asked.");
    }
    try {
      return answerOrSilence();
    } finally {
      asking.unlock();
    }
  }

  private boolean isMyTurn() {
    try {
      return asking.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private C answerOrSilence() {
    C known = answer;
    if (known != null) {
      return known;
    }
    if (silentUntil.isAfter(clock.instant())) {
      throw new SilentException("It did not answer a moment ago.");
    }
    try {
      C made = asked.get();
      answer = made;
      return made;
    } catch (RuntimeException e) {
      silentUntil = clock.instant().plus(PAUSE);
      LOG.warn("The provider can't be used: {}", e.getClass().getSimpleName());
      throw new SilentException("It does not answer.");
    }
  }
}
