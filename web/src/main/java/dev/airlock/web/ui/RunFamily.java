package dev.airlock.web.ui;

import dev.airlock.store.Run;
import dev.airlock.store.StageReuse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run shares with others.
 *
 * @param parent the run that it resumes, or null
 * @param children the runs that resume it, oldest first
 * @param mayResume whether the viewer may resume it as it stands
 */
public record RunFamily(@Nullable Long parent, List<Relative> children, boolean mayResume) {

  public RunFamily {
    children = List.copyOf(children);
  }

  /** A run, and where it stands. */
  public record Relative(long id, String state) {}

  static RunFamily of(Run run, List<Run> children, boolean mayOperate) {
    return new RunFamily(
        run.parent(),
        children.stream().map(child -> new Relative(child.id(), child.state().word())).toList(),
        mayOperate && run.state().isFinal());
  }

  /** What there is to say of where a stage's result comes from. */
  static List<RunPage.Fact> facts(String stage, List<StageReuse> reuses) {
    return reuses.stream()
        .filter(reuse -> reuse.stage().equals(stage))
        .map(reuse -> fact(stage, reuse))
        .toList();
  }

  private static RunPage.Fact fact(String stage, StageReuse reuse) {
    if (reuse.madeBy() != null) {
      return new RunPage.Fact(
          "Taken from",
          "run %d: %s".formatted(reuse.madeBy(), reuse.reason()),
          "/runs/%d?stage=%s".formatted(reuse.madeBy(), stage));
    }
    return RunPage.Fact.of(
        reuse.decidedBy().equals("cache") ? "Not cached" : "In the plan", reuse.reason());
  }
}
