package dev.airlock.scoring;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** A row that can't be scored; the message and {@link #problems} name everything wrong with it. */
public final class InvalidFeaturesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final Problem[] problems;

  InvalidFeaturesException(List<String> expected, List<Problem> problems) {
    super(sentence(expected, problems));
    this.problems = problems.toArray(Problem[]::new);
  }

  /** Everything wrong with the row: first by the order of the features, then the unknown names. */
  public List<Problem> problems() {
    return List.of(problems);
  }

  private static String sentence(List<String> expected, List<Problem> problems) {
    return "The row can't be scored: %s. The model takes exactly these %d features, each a finite number: %s."
        .formatted(
            problems.stream()
                .map(problem -> problem.feature() + " " + problem.message())
                .collect(Collectors.joining(", ")),
            expected.size(),
            String.join(", ", expected));
  }

  /** Why a feature can't be used. */
  public enum Reason {
    /** The model takes it, the row lacks it. */
    MISSING,
    /** The row has it, the model doesn't take it. */
    UNKNOWN,
    /** It is null, text, NaN or infinite. */
    NOT_A_NUMBER
  }

  /**
   * One thing wrong with a row.
   *
   * @param feature the name of the feature; its position where a vector was too long
   * @param message what came and what to do, to be read after the name
   */
  public record Problem(String feature, Reason reason, String message) implements Serializable {}
}
