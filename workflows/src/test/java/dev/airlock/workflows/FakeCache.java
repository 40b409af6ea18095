package dev.airlock.workflows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Finds what the test says, and keeps what it was asked. */
final class FakeCache implements CacheActivities {

  private final Map<String, Supplier<CacheAnswer>> answers = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();

  synchronized void answer(String stage, Supplier<CacheAnswer> answer) {
    answers.put(stage, answer);
  }

  /** The stages that were looked for, each look. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public CacheAnswer recall(CacheQuestion question) {
    Supplier<CacheAnswer> answer;
    synchronized (this) {
      String stage = question.task().stage().name();
      asked.add(stage);
      answer = answers.getOrDefault(stage, () -> new CacheAnswer(null, null, "nothing there"));
    }
    return answer.get();
  }
}
