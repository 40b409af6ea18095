package dev.airlock.dsl;

import java.util.List;

/** Answers of a {@link ChoiceStage}, to be given to {@code when}. */
public final class Answer {

  private final ChoiceStage<?> choice;
  private final List<String> texts;

  Answer(ChoiceStage<?> choice, List<String> texts) {
    this.choice = choice;
    this.texts = texts;
  }

  ChoiceStage<?> choice() {
    return choice;
  }

  List<String> texts() {
    return texts;
  }
}
