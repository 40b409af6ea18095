package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sensor that does not say yet what happens when nothing arrives.
 *
 * @param <T> what it gives
 */
public final class PendingSensor<T> {

  /** A wait of years would be a pipeline that somebody forgot. */
  static final Duration LONGEST_WAIT = Duration.ofDays(3660);

  private final StageDraft draft;
  private final TaskMethod method;
  private final boolean mixed;
  private final List<Secret> secrets;
  private Duration every = Duration.ofMinutes(1);
  private double factor = 1;
  private @Nullable Duration longest;
  private @Nullable Duration within;

  /**
   * @param mixed whether a stage comes after a param, or either after a secret
   */
  PendingSensor(StageDraft draft, TaskMethod method, boolean mixed, List<Secret> secrets) {
    this.draft = draft;
    this.method = method;
    this.mixed = mixed;
    this.secrets = List.copyOf(secrets);
  }

  /** The pause between two looks, at least a second; a minute, unless said otherwise. */
  public PendingSensor<T> pollEvery(Duration pause) {
    this.every = pause;
    return this;
  }

  /** Each pause is longer than the one before by this factor, up to the longest. */
  public PendingSensor<T> backoff(double by, Duration longestPause) {
    this.factor = by;
    this.longest = longestPause;
    return this;
  }

  /** How long it looks. */
  public PendingSensor<T> within(Duration time) {
    this.within = time;
    return this;
  }

  /** If nothing arrives in time, the stage fails. */
  public Stage<T> orFail() {
    draft.finishBy(findings -> finish(findings, false));
    return new Stage<>(draft);
  }

  /** If nothing arrives in time, the stage is skipped, and with it what needs its result. */
  public Stage<T> orSkip() {
    draft.finishBy(findings -> finish(findings, true));
    return new Stage<>(draft);
  }

  private @Nullable Work finish(Findings findings, boolean orSkip) {
    if (mixed) {
      findings.add(
          "The sensor takes a stage after a param, or either after a secret.",
          "Let its method take the results of stages first, then params, then secrets.");
    }
    secrets.forEach(secret -> secret.check(findings));
    Duration most = longest == null ? every : longest;
    if (every.compareTo(StageDraft.SHORTEST) < 0 || most.compareTo(every) < 0 || !(factor >= 1)) {
      findings.add(
          "The pauses between its looks start at %s, grow by %s and end at %s."
              .formatted(every, factor, most),
          "Start at a second or more, grow by at least 1, and end no lower than the start.");
    }
    WaitChecks.check(within, "sensor", findings);
    Optional<TaskReference> read = TaskReference.read(method, draft.name(), findings);
    Duration time = within;
    if (time == null || read.isEmpty()) {
      return null;
    }
    TaskReference asked = read.get();
    return new Work.Sensor(
        asked.type(),
        asked.method(),
        asked.descriptor(),
        every,
        factor,
        most,
        time,
        orSkip,
        secrets.stream().map(Secret::name).toList());
  }
}
