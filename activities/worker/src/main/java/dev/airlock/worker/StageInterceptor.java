package dev.airlock.worker;

import dev.airlock.programs.MaskedFailure;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.Manifest;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What surrounds every attempt at an isolated stage: it claims the stage, which fences earlier
 * attempts off; heartbeats each second; keeps what the attempt says; and leaves a manifest, or the
 * reason why it failed. Any other activity that owes signs of life gets its heartbeat here too.
 */
final class StageInterceptor extends WorkerInterceptorBase {

  private static final Logger log = LoggerFactory.getLogger(StageInterceptor.class);

  private final Attempts attempts;
  private final ArtifactStore artifacts;
  private final ScheduledExecutorService clock;
  private final Surroundings here;
  private final Function<String, Optional<byte[]>> eventLogs;

  /**
   * Surrounds attempts.
   *
   * @param eventLogs takes what the Spark jobs of an attempt did, by the attempt's name
   */
  StageInterceptor(
      Attempts attempts,
      ArtifactStore artifacts,
      ScheduledExecutorService clock,
      Surroundings here,
      Function<String, Optional<byte[]>> eventLogs) {
    this.attempts = attempts;
    this.artifacts = artifacts;
    this.clock = clock;
    this.here = here;
    this.eventLogs = eventLogs;
  }

  /**
   * Where attempts run.
   *
   * @param worker names the process
   * @param environment what a manifest says of it
   * @param logs the folder of the attempts' logs
   */
  record Surroundings(String worker, SortedMap<String, String> environment, Path logs) {}

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Calls(next);
  }

  private final class Calls extends ActivityInboundCallsInterceptorBase {

    private @Nullable ActivityExecutionContext context;

    Calls(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext context) {
      this.context = context;
      super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      ActivityExecutionContext current = context;
      Object[] arguments = input.getArguments();
      if (current == null || current.getInfo().isLocal()) {
        return briefly(input);
      }
      if (arguments.length > 0 && arguments[0] instanceof StageTask task) {
        return attempt(task, current, input);
      }
      return current.getInfo().getHeartbeatTimeout().isZero()
          ? super.execute(input)
          : heard(current, input);
    }

    private ActivityOutput briefly(ActivityInput input) {
      try {
        return super.execute(input);
      } catch (RuntimeException e) {
        Object[] arguments = input.getArguments();
        throw MaskedFailure.of(
            arguments.length > 0 && arguments[0] instanceof StageTask task
                ? Retrials.judged(e, task.stage().retry())
                : e);
      }
    }

    private ActivityOutput heard(ActivityExecutionContext current, ActivityInput input) {
      try (Heartbeat heartbeat = Heartbeat.begin(current, clock)) {
        try {
          return super.execute(input);
        } catch (RuntimeException e) {
          ActivityCompletionException unwanted = heartbeat.unwanted();
          throw unwanted != null ? unwanted : e;
        }
      }
    }

    private ActivityOutput attempt(
        StageTask task, ActivityExecutionContext current, ActivityInput input) {
      int number = task.earlierAttempts() + current.getInfo().getAttempt();
      try {
        attempts.claim(task.runId(), task.stage().name(), number, here.worker());
      } catch (RuntimeException e) {
        throw StageErrors.toThrow(e);
      }
      return claimed(task, number, current, input);
    }

    private ActivityOutput claimed(
        StageTask task, int number, ActivityExecutionContext current, ActivityInput input) {
      String name = task.key() + "/" + number;
      try (AttemptLog said = AttemptLog.open(here.logs(), name);
          Heartbeat heartbeat = Heartbeat.begin(current, clock)) {
        try {
          ActivityOutput output = super.execute(input);
          succeed(task, number, output, said);
          return output;
        } catch (RuntimeException e) {
          ActivityCompletionException unwanted = heartbeat.unwanted();
          RuntimeException outcome =
              unwanted != null
                  ? unwanted
                  : MaskedFailure.of(Retrials.judged(StageErrors.toThrow(e), task.stage().retry()));
          fail(task, number, outcome, said);
          throw outcome;
        }
      }
    }

    private void succeed(StageTask task, int attempt, ActivityOutput output, AttemptLog said) {
      String digest = said.keep(artifacts::put).orElse(null);
      keepEventLog(task, attempt);
      if (output.getResult() instanceof StageOutput result) {
        attempts.succeed(Manifest.of(task, attempt, here.environment(), result), digest);
      } else {
        attempts.finish(task.runId(), task.stage().name(), attempt, null, digest);
      }
    }

    /** It is for looking at: that it can't be kept never fails an attempt. */
    private void keepEventLog(StageTask task, int attempt) {
      try {
        eventLogs
            .apply(task.key() + "/" + attempt)
            .ifPresent(
                events ->
                    attempts.keepEventLog(
                        task.runId(), task.stage().name(), attempt, artifacts.put(events)));
      } catch (RuntimeException e) {
        log.warn("The Spark event log of {} can't be kept.", task.key(), e);
      }
    }

    private void fail(StageTask task, int attempt, RuntimeException outcome, AttemptLog said) {
      log.warn("Attempt {} at {} failed.", attempt, task.key(), outcome);
      StageError error = StageErrors.of(outcome);
      Optional<String> digest = said.keep(artifacts::put);
      keepEventLog(task, attempt);
      try {
        attempts.finish(task.runId(), task.stage().name(), attempt, error, digest.orElse(null));
      } catch (RuntimeException e) {
        // Temporal must hear the attempt's own failure, whatever else went wrong after it.
        outcome.addSuppressed(e);
      }
    }
  }
}
