package dev.airlock.worker;

import dev.airlock.programs.MaskedFailure;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Attempts;
import dev.airlock.store.Manifest;
import dev.airlock.workflows.SensorLook;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
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
  private final ScheduledExecutorService clock;
  private final Surroundings here;
  private final ArtifactStore artifacts;
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
    this.clock = clock;
    this.here = here;
    this.artifacts = artifacts;
    this.eventLogs = eventLogs;
  }

  /**
   * Where attempts run.
   *
   * @param worker names the process
   * @param environment what a manifest says of it
   * @param logs takes what the attempts say
   */
  record Surroundings(String worker, SortedMap<String, String> environment, AttemptLogs logs) {}

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
      if (current == null) {
        return super.execute(input);
      }
      if (current.getInfo().isLocal()) {
        return arguments.length > 0 && arguments[0] instanceof StageTask task
            ? listenedTo(task, current, input)
            : masked(input);
      }
      if (arguments.length > 0 && arguments[0] instanceof StageTask task) {
        return attempt(task, current, input);
      }
      if (arguments.length > 0 && arguments[0] instanceof SensorLook look) {
        return looking(look.task(), input);
      }
      return current.getInfo().getHeartbeatTimeout().isZero()
          ? masked(input)
          : heard(current, input);
    }

    private ActivityOutput masked(ActivityInput input) {
      try {
        return super.execute(input);
      } catch (RuntimeException | Error e) {
        throw MaskedFailure.of(StageErrors.failed(e));
      }
    }

    /** A short stage owes nothing to anybody, but what it says is kept. */
    private ActivityOutput listenedTo(
        StageTask task, ActivityExecutionContext current, ActivityInput input) {
      int number = task.earlierAttempts() + current.getInfo().getAttempt();
      try (AttemptLog said =
          AttemptLog.open(here.logs(), task.runId(), task.stage().name(), number)) {
        said.listen();
        try {
          return super.execute(input);
        } catch (RuntimeException | Error e) {
          RuntimeException outcome =
              MaskedFailure.of(Retrials.judged(StageErrors.failed(e), task.stage().retry()));
          log.warn("Attempt {} at {} failed.", number, task.key(), outcome);
          throw outcome;
        }
      }
    }

    /** A sensor looks again and again: all of it is one attempt, and has one log. */
    private ActivityOutput looking(StageTask task, ActivityInput input) {
      try (AttemptLog said =
          AttemptLog.open(
              here.logs(), task.runId(), task.stage().name(), task.earlierAttempts() + 1)) {
        said.listen();
        try {
          return super.execute(input);
        } catch (RuntimeException | Error e) {
          RuntimeException outcome = MaskedFailure.of(StageErrors.failed(e));
          if (!StageErrors.of(outcome).type().equals(StageFailure.NOT_YET)) {
            log.warn("A look for {} failed.", task.key(), outcome);
          }
          throw outcome;
        }
      }
    }

    private ActivityOutput heard(ActivityExecutionContext current, ActivityInput input) {
      try (Heartbeat heartbeat = Heartbeat.begin(current, clock)) {
        try {
          return super.execute(input);
        } catch (RuntimeException | Error e) {
          ActivityCompletionException unwanted = heartbeat.unwanted();
          throw unwanted != null ? unwanted : MaskedFailure.of(StageErrors.failed(e));
        }
      }
    }

    private ActivityOutput attempt(
        StageTask task, ActivityExecutionContext current, ActivityInput input) {
      int number = task.earlierAttempts() + current.getInfo().getAttempt();
      // From before the claim, which may have to wait for PostgreSQL.
      try (Heartbeat heartbeat = Heartbeat.begin(current, clock)) {
        claim(task, number, heartbeat);
        return claimed(task, number, heartbeat, input);
      }
    }

    private void claim(StageTask task, int number, Heartbeat heartbeat) {
      try {
        attempts.claim(task.runId(), task.stage().name(), number, here.worker());
      } catch (RuntimeException e) {
        ActivityCompletionException unwanted = heartbeat.unwanted();
        throw unwanted != null ? unwanted : StageErrors.toThrow(e);
      }
    }

    /** The heartbeat ends first, so that no interrupt reaches the log. */
    private ActivityOutput claimed(
        StageTask task, int number, Heartbeat heartbeat, ActivityInput input) {
      try (AttemptLog said =
              AttemptLog.open(here.logs(), task.runId(), task.stage().name(), number);
          heartbeat) {
        said.listen();
        try {
          ActivityOutput output = super.execute(input);
          succeed(task, number, output);
          return output;
        } catch (RuntimeException | Error e) {
          // What is still to be written down must not meet the interrupt of an unwanted attempt.
          heartbeat.close();
          ActivityCompletionException unwanted = heartbeat.unwanted();
          RuntimeException outcome =
              unwanted != null
                  ? unwanted
                  : MaskedFailure.of(
                      Retrials.judged(
                          StageErrors.toThrow(StageErrors.failed(e)), task.stage().retry()));
          fail(task, number, outcome);
          throw outcome;
        }
      }
    }

    private void succeed(StageTask task, int attempt, ActivityOutput output) {
      keepEventLog(task, attempt);
      if (output.getResult() instanceof StageOutput result) {
        attempts.succeed(Manifest.of(task, attempt, here.environment(), result), null);
      } else {
        attempts.finish(task.runId(), task.stage().name(), attempt, null, null);
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

    private void fail(StageTask task, int attempt, RuntimeException outcome) {
      log.warn("Attempt {} at {} failed.", attempt, task.key(), outcome);
      StageError error = StageErrors.of(outcome);
      keepEventLog(task, attempt);
      try {
        attempts.finish(task.runId(), task.stage().name(), attempt, error, null);
      } catch (RuntimeException e) {
        // Temporal must hear the attempt's own failure, whatever else went wrong after it.
        log.warn("The end of attempt {} at {} can't be written down.", attempt, task.key(), e);
        outcome.addSuppressed(e);
      }
    }
  }
}
