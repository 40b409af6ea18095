package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run that resumes another one takes from it, what it runs, and why.
 *
 * @param stages in the graph's order
 */
public record ResumePlan(List<Planned> stages) {

  public ResumePlan {
    stages = List.copyOf(stages);
  }

  /** What becomes of a stage. */
  public enum Action {
    /** Its earlier result is taken. */
    REUSE,
    /** It runs. */
    RUN,
    /** It stays skipped, since what decided so is taken. */
    SKIP,
    /** It is there for a failure, and runs only where there is one. */
    STAND_BY;

    /** As in REST and on pages: {@code stand-by}. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The kind of reason for an action. */
  public enum Cause {
    /** It was asked for. */
    CHOSEN,
    /** The run before did not have it. */
    NEW,
    /** Its definition differs. */
    DEFINITION,
    /** A param that it reads has another value. */
    PARAM,
    /** Every run does it for itself. */
    ALWAYS,
    /** It did not succeed before. */
    UNFINISHED,
    /** Its result can't be taken any more. */
    GONE,
    /** Something before it runs. */
    UPSTREAM,
    /** Only a failure calls for it. */
    FAILURE,
    /** It succeeded before. */
    SUCCEEDED,
    /** It was skipped before. */
    SKIPPED;

    /** As in REST. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One stage's part.
   *
   * @param why in words, without a full stop
   * @param madeBy the run that made the result that is taken, else null
   */
  public record Planned(
      String stage, String kind, Action action, Cause cause, String why, @Nullable Long madeBy) {

    /** A page's mark for it. */
    @JsonIgnore
    public boolean isReused() {
      return action == Action.REUSE;
    }
  }

  /** The stage of this name. */
  public Optional<Planned> stage(String name) {
    return stages.stream().filter(planned -> planned.stage().equals(name)).findFirst();
  }

  /** The names of the stages that run. */
  public List<String> running() {
    return stages.stream()
        .filter(planned -> planned.action() == Action.RUN)
        .map(Planned::stage)
        .toList();
  }

  /** Whether nothing runs but what every run does, so that resuming would change nothing. */
  @JsonIgnore
  public boolean isIdle() {
    return stages.stream()
        .filter(planned -> planned.action() == Action.RUN)
        .allMatch(planned -> planned.cause() == Cause.ALWAYS || planned.cause() == Cause.UPSTREAM);
  }
}
