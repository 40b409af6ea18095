package dev.airlock.workflows;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.StageSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a stage whose answer decides has answered. */
final class Choices {

  /** The answer of a short circuit after which nothing follows. */
  static final String NO = "false";

  private Choices() {}

  /** The answer in plain text; null where there is none. */
  static @Nullable String answer(StageOutput output) {
    return output instanceof StageOutput.TaskResult result
        ? Json.read(result.json(), String.class)
        : null;
  }

  /** What is wrong with the answer; empty where it will do, and where nothing was asked. */
  static Optional<StageError> fault(StageSpec stage, StageOutput output) {
    FlowSpec.Choice choice = stage.flow() == null ? null : stage.flow().choice();
    if (choice == null) {
      return Optional.empty();
    }
    String answer = answer(output);
    boolean known =
        answer != null && (choice.answers().isEmpty() || choice.answers().contains(answer));
    return known
        ? Optional.empty()
        : Optional.of(new StageError(StageFailure.BAD_PIPELINE, words(answer, choice), List.of()));
  }

  private static String words(@Nullable String answer, FlowSpec.Choice choice) {
    String came = answer == null ? "It gave no answer" : "It answered '" + answer + "'";
    return choice.answers().isEmpty()
        ? came + ", but what follows depends on one. Return a text or an enum."
        : came + ", but may answer only " + String.join(", ", choice.answers()) + ".";
  }
}
