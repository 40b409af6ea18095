package dev.airlock.dsl;

import dev.airlock.dsl.graph.FlowSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A step of one's own whose answer decides what runs: an enum, whose every constant is an answer,
 * or a text.
 *
 * @param <T> the answer
 */
public final class ChoiceStage<T> extends TaskStage<T> {

  private final List<String> answers = new ArrayList<>();

  ChoiceStage(StageDraft draft, TaskMethod method, boolean mixed, List<Secret> secrets) {
    super(draft, method, mixed, secrets);
    StageDraft.Finish finish = draft.finisher();
    draft.finishBy(
        findings -> {
          draft.flow().choose(new FlowSpec.Choice(possible(method, findings), false));
          return finish.finish(findings);
        });
  }

  /** That the choice fell on one of these, to be given to {@code when}. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final Answer is(T answer, T... or) {
    List<String> texts = new ArrayList<>(List.of(text(answer)));
    List.of(or).forEach(more -> texts.add(text(more)));
    return new Answer(this, texts);
  }

  /** All that a text may say; another one fails the stage. An enum needs no such list. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final ChoiceStage<T> answers(T... all) {
    List.of(all).forEach(one -> answers.add(text(one)));
    return this;
  }

  @Override
  public ChoiceStage<T> shortTask() {
    super.shortTask();
    return this;
  }

  private List<String> possible(TaskMethod method, Findings findings) {
    Optional<Class<?>> type =
        TaskReference.read(method, name(), Findings.of("")).flatMap(read -> read.answer(method));
    if (type.isEmpty() || type.get() == String.class) {
      return List.copyOf(answers);
    }
    Object[] constants = type.get().getEnumConstants();
    if (constants == null) {
      findings.add(
          "The choice answers with a %s.".formatted(type.get().getSimpleName()),
          "Let its method return an enum or a String.");
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (Object constant : constants) {
      names.add(((Enum<?>) constant).name());
    }
    return names;
  }

  private static String text(Object answer) {
    return Objects.requireNonNull(answer) instanceof Enum<?> constant
        ? constant.name()
        : answer.toString();
  }
}
