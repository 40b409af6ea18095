package dev.airlock.dsl.graph;

import java.util.List;

/**
 * A stage that runs only where a choice fell on one of some answers; else it is skipped.
 *
 * @param choice the stage that chooses
 * @param answers at least one
 */
public record Guard(String choice, List<String> answers) {

  public Guard {
    answers = List.copyOf(answers);
  }
}
