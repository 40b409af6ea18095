package dev.airlock.web.ui;

import dev.airlock.store.CalledRun;
import dev.airlock.store.CallingStage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The run that asked for a run, and those that it has asked for.
 *
 * @param caller the stage that asked for it, or null
 * @param called by its stages, in their order
 */
public record RunCalls(@Nullable Link caller, List<Called> called) {

  public RunCalls {
    called = List.copyOf(called);
  }

  /** A stage of another run. */
  public record Link(String text, String link) {}

  /** A run that a stage has asked for. */
  public record Called(String stage, String text, String link, String state) {}

  static RunCalls of(Optional<CallingStage> caller, List<CalledRun> called) {
    return new RunCalls(
        caller
            .map(
                by ->
                    new Link(
                        "run %d of %s, stage %s".formatted(by.runId(), by.pipeline(), by.stage()),
                        "/runs/%d?stage=%s".formatted(by.runId(), by.stage())))
            .orElse(null),
        called.stream()
            .map(
                run ->
                    new Called(
                        run.stage(),
                        "run %d of %s".formatted(run.runId(), run.pipeline()),
                        "/runs/" + run.runId(),
                        run.state().word()))
            .toList());
  }
}
