package dev.airlock.dsl;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.dsl.graph.Work;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Finds stages that no course of a run can start, and those that may lack what they take. */
final class FlowChecks {

  private final Map<StageDraft, Set<StageDraft>> after;
  private final Map<StageDraft, Answer> guards;
  private final Map<StageDraft, Work> works;
  private final Findings findings;
  private final Set<StageDraft> skippable = new HashSet<>();
  private final Map<StageDraft, Map<StageDraft, Set<String>>> needed = new HashMap<>();

  FlowChecks(
      Map<StageDraft, Set<StageDraft>> after,
      Map<StageDraft, Answer> guards,
      Map<StageDraft, Work> works,
      Findings findings) {
    this.after = after;
    this.guards = guards;
    this.works = works;
    this.findings = findings;
  }

  /**
   * @param order each stage after those that it waits for
   */
  void check(List<StageDraft> order) {
    order.forEach(this::check);
  }

  private void check(StageDraft draft) {
    Findings here = findings.at(draft.place());
    Part part = draft.flow().part();
    if (part != null) {
      skippable.add(draft);
      return;
    }
    TriggerRule rule = rule(draft);
    List<StageDraft> before = before(draft);
    if (before.isEmpty() && draft.flow().rule() != null && rule != TriggerRule.ALWAYS) {
      here.add(
          "It has the trigger rule %s, but comes after nothing.".formatted(rule),
          "Name what it waits for: .after(…).");
    }
    if (rule == TriggerRule.ALL_SKIPPED) {
      before.stream()
          .filter(one -> !skippable.contains(one))
          .findFirst()
          .ifPresent(
              one ->
                  here.add(
                      "It starts only where '%s' is skipped, which it never is."
                          .formatted(one.name()),
                      "Use another trigger rule, or let '%s' depend on a choice."
                          .formatted(one.name())));
    }
    checkAnswers(draft, rule, before, here);
    checkFirstOf(draft, rule, here);
    draft.inputs().forEach(input -> checkResult(draft, rule, input.draft(), here));
    if (canBeSkipped(draft, rule, before)) {
      skippable.add(draft);
    }
  }

  private List<StageDraft> before(StageDraft draft) {
    return Stream.concat(
            draft.inputs().stream().map(Stage::draft), after.getOrDefault(draft, Set.of()).stream())
        .distinct()
        .toList();
  }

  private static TriggerRule rule(StageDraft draft) {
    return Objects.requireNonNullElse(draft.flow().rule(), TriggerRule.ALL_SUCCESS);
  }

  /** Where all must have succeeded, so must all that they depended on. */
  private void checkAnswers(
      StageDraft draft, TriggerRule rule, List<StageDraft> before, Findings here) {
    Map<StageDraft, Set<String>> all = new LinkedHashMap<>();
    if (rule == TriggerRule.ALL_SUCCESS) {
      before.forEach(one -> needed.getOrDefault(one, Map.of()).forEach((c, a) -> meet(all, c, a)));
    }
    Answer guard = guards.get(draft);
    if (guard != null) {
      meet(all, guard.choice().draft(), Set.copyOf(guard.texts()));
    }
    all.forEach(
        (choice, answers) -> {
          if (answers.isEmpty()) {
            here.add(
                "It can never start: what it waits for needs different answers of '%s' at once."
                    .formatted(choice.name()),
                "Bring branches together by firstOf(…), or by"
                    + " .triggerRule(NONE_FAILED_MIN_ONE_SUCCESS).");
          }
        });
    all.values().removeIf(Set::isEmpty);
    needed.put(draft, all);
  }

  private static void meet(
      Map<StageDraft, Set<String>> all, StageDraft choice, Set<String> answers) {
    Set<String> met = all.get(choice);
    if (met == null) {
      all.put(choice, new HashSet<>(answers));
    } else {
      met.retainAll(answers);
    }
  }

  private void checkFirstOf(StageDraft draft, TriggerRule rule, Findings here) {
    if (!(works.get(draft) instanceof Work.FirstOf)) {
      return;
    }
    if (draft.inputs().size() < 2) {
      here.add("It brings fewer than two branches together.", "Name each branch's last stage.");
    }
    if (rule != TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS && rule != TriggerRule.ONE_SUCCESS) {
      here.add(
          "Under %s none of its branches may have succeeded, and it would have nothing to give."
              .formatted(rule),
          "Take .triggerRule(…) away, or use ONE_SUCCESS.");
    }
  }

  private void checkResult(StageDraft draft, TriggerRule rule, StageDraft input, Findings here) {
    Work work = works.get(draft);
    if (work == null || work instanceof Work.FirstOf) {
      return;
    }
    String without =
        "Come after it instead, by .after(…), and take nothing from it; or bring branches together"
            + " by firstOf(…).";
    if (rule == TriggerRule.ALL_FAILED
        || rule == TriggerRule.ALL_SKIPPED
        || rule == TriggerRule.ALWAYS) {
      here.add(
          "It takes the result of '%s', but under %s there is none when it starts."
              .formatted(input.name(), rule),
          without);
    } else if (!(work instanceof Work.Task) && mayLack(rule, input)) {
      here.add(
          "Under %s, '%s' may have given nothing, and a stage of kind %s can't do without."
              .formatted(rule, input.name(), work.kind()),
          without);
    }
  }

  private boolean mayLack(TriggerRule rule, StageDraft input) {
    return switch (rule) {
      case ALL_SUCCESS -> false;
      case NONE_FAILED, NONE_FAILED_MIN_ONE_SUCCESS -> skippable.contains(input);
      default -> true;
    };
  }

  private boolean canBeSkipped(StageDraft draft, TriggerRule rule, List<StageDraft> before) {
    if (guards.containsKey(draft)) {
      return true;
    }
    boolean one = before.stream().anyMatch(this::endsLikeSkipped);
    boolean all = !before.isEmpty() && before.stream().allMatch(this::endsLikeSkipped);
    return switch (rule) {
      case ALL_SUCCESS, NONE_SKIPPED -> one;
      case ALL_FAILED, ONE_FAILED, ALL_SKIPPED, ONE_DONE -> true;
      case ONE_SUCCESS, NONE_FAILED_MIN_ONE_SUCCESS -> all;
      case ALL_DONE, NONE_FAILED, ALWAYS -> false;
    };
  }

  private boolean endsLikeSkipped(StageDraft draft) {
    FlowSpec.Choice choice = draft.flow().choice();
    return skippable.contains(draft) || (choice != null && choice.shortCircuit());
  }
}
