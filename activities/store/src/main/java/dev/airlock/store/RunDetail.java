package dev.airlock.store;

import java.util.List;

/** A run with its stages in the graph's order, and every attempt at them. */
public record RunDetail(Run run, List<RunStage> stages, List<StageAttempt> attempts) {
  public RunDetail {
    stages = List.copyOf(stages);
    attempts = List.copyOf(attempts);
  }
}
