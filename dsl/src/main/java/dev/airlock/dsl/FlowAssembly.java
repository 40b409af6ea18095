package dev.airlock.dsl;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What comes after what, beyond the results that stages take, and whether it can come to pass. */
final class FlowAssembly {

  private final List<StageDraft> drafts;
  private final Set<StageDraft> known;
  private final Findings findings;
  private final Map<StageDraft, Set<StageDraft>> after = new LinkedHashMap<>();
  private final Map<StageDraft, Answer> guards = new LinkedHashMap<>();
  private final List<StageDraft> order;

  /**
   * @param works what the stages do, as far as that is known
   */
  FlowAssembly(
      List<StageDraft> drafts,
      List<StageGroup> groups,
      Map<StageDraft, Work> works,
      Findings findings) {
    this.drafts = drafts;
    this.known = new HashSet<>(drafts);
    this.findings = findings;
    drafts.forEach(this::read);
    checkGroups(groups);
    groups.forEach(this::read);
    drafts.forEach(this::checkPart);
    drafts.forEach(this::findTeardowns);
    this.order = sorted();
    if (order.size() == drafts.size()) {
      new FlowChecks(after, guards, works, findings).check(order);
    }
  }

  /** The stages, each after those that it waits for; as they were written, where that will do. */
  List<StageDraft> order() {
    return order;
  }

  /** What there is to say of the stage; null where nothing is. */
  @Nullable FlowSpec of(StageDraft draft) {
    FlowDraft flow = draft.flow();
    Answer guard = guards.get(draft);
    StageGroup group = flow.group();
    FlowSpec spec =
        new FlowSpec(
            names(afterOf(draft)),
            flow.rule(),
            guard == null ? null : new Guard(guard.choice().name(), guard.texts()),
            group == null ? null : group.name(),
            flow.part(),
            flow.of().stream().map(Stage::name).toList(),
            flow.choice(),
            flow.mayFail());
    return spec.equals(FlowSpec.PLAIN) ? null : spec;
  }

  private Set<StageDraft> afterOf(StageDraft draft) {
    return after.getOrDefault(draft, Set.of());
  }

  private static List<String> names(Set<StageDraft> some) {
    return some.stream().map(StageDraft::name).toList();
  }

  private void read(StageDraft draft) {
    Findings here = findings.at(draft.place());
    FlowDraft flow = draft.flow();
    Set<StageDraft> earlier = new LinkedHashSet<>();
    flow.after().forEach(one -> addAll(earlier, one, here));
    if (earlier.remove(draft)) {
      here.add("It comes after itself.", "Take it out of its own .after(…).");
    }
    earlier.removeAll(draft.inputs().stream().map(Stage::draft).toList());
    after.put(draft, earlier);
    flow.guards().forEach(answer -> guard(draft, answer, here));
    if (flow.guards().size() > 1) {
      here.add(
          "It has %d guards.".formatted(flow.guards().size()),
          "Name all answers in one: .when(size.is(\"large\", \"huge\")).");
    }
  }

  private void addAll(Set<StageDraft> earlier, Predecessor one, Findings here) {
    if (one instanceof StageGroup group) {
      earlier.addAll(ends(group));
    } else if (one instanceof Stage<?> stage && isOurs(stage, "comes after", here)) {
      earlier.add(stage.draft());
    }
  }

  private boolean isOurs(Stage<?> stage, String verb, Findings here) {
    if (known.contains(stage.draft())) {
      return true;
    }
    here.add(
        "It %s the stage '%s' of another pipeline.".formatted(verb, stage.name()),
        "Give it a stage of this one.");
    return false;
  }

  private void guard(StageDraft draft, Answer answer, Findings here) {
    ChoiceStage<?> choice = answer.choice();
    if (!isOurs(choice, "depends on", here)) {
      return;
    }
    guards.put(draft, answer);
    FlowSpec.Choice possible = choice.draft().flow().choice();
    if (possible == null || possible.answers().isEmpty()) {
      return;
    }
    for (String text : answer.texts()) {
      if (!possible.answers().contains(text)) {
        here.add(
            "It runs where '%s' answers '%s', which it never does.".formatted(choice.name(), text),
            Names.didYouMean(text, possible.answers()));
      }
    }
  }

  private void checkGroups(List<StageGroup> groups) {
    Set<String> taken = new HashSet<>();
    for (StageGroup group : groups) {
      Findings here = findings.at(group.place());
      Names.check(group.name(), "group", here);
      if (!taken.add(group.name())) {
        here.add(
            "Another group is named '%s' too.".formatted(group.name()), "Keep the first one only.");
      }
      if (group.members().isEmpty()) {
        here.add("The group has no stages.", "Add some by .in(group), or take it away.");
      }
    }
    for (StageDraft draft : drafts) {
      StageGroup group = draft.flow().group();
      if (group != null && !groups.contains(group)) {
        findings
            .at(draft.place())
            .add(
                "It belongs to the group '%s' of another pipeline.".formatted(group.name()),
                "Give it a group of this one.");
      }
    }
  }

  /** What is said of a group is said of those of its stages that come after none of the others. */
  private void read(StageGroup group) {
    Findings here = findings.at(group.place());
    for (StageDraft first : starts(group)) {
      for (Predecessor one : group.after()) {
        addAll(after.computeIfAbsent(first, none -> new LinkedHashSet<>()), one, here);
      }
      group.guards().forEach(answer -> guard(first, answer, here));
    }
  }

  private List<StageDraft> starts(StageGroup group) {
    return group.members().stream()
        .filter(
            member ->
                member.flow().part() == null && before(member).noneMatch(group.members()::contains))
        .toList();
  }

  /** Nobody waits for a teardown only because it is in a group. */
  private static List<StageDraft> ends(StageGroup group) {
    Set<StageDraft> inner = new HashSet<>();
    for (StageDraft member : group.members()) {
      member.inputs().forEach(input -> inner.add(input.draft()));
      for (Predecessor one : member.flow().after()) {
        if (one instanceof Stage<?> stage) {
          inner.add(stage.draft());
        }
      }
    }
    return group.members().stream()
        .filter(member -> !inner.contains(member) && member.flow().part() == null)
        .toList();
  }

  private void checkPart(StageDraft draft) {
    FlowDraft flow = draft.flow();
    Findings here = findings.at(draft.place());
    flow.of().forEach(stage -> isOurs(stage, "belongs to", here));
    if (flow.part() != Part.TEARDOWN) {
      return;
    }
    List<StageDraft> setups = flow.of().stream().map(Stage::draft).toList();
    if (setups.isEmpty()) {
      here.add("The teardown has no set-up.", "Name what it tears down: .teardownOf(cluster).");
    }
    if (flow.rule() != null || !flow.guards().isEmpty()) {
      here.add(
          "A teardown has a rule of its own: it runs if its set-up has succeeded.",
          "Take .triggerRule(…) and .when(…) away.");
    }
    for (Stage<?> input : draft.inputs()) {
      if (!setups.contains(input.draft())) {
        here.add(
            "The teardown takes the result of '%s', which may have failed.".formatted(input.name()),
            "Let it take only what its set-ups give: %s."
                .formatted(String.join(", ", setups.stream().map(StageDraft::name).toList())));
      }
    }
    if (draft.inputs().size() > 0 && setups.size() > 1) {
      here.add(
          "The teardown has several set-ups, one of which may have given nothing.",
          "Write a teardown for each set-up.");
    }
  }

  /** A teardown that does not say what it comes after waits for all that its set-ups are for. */
  private void findTeardowns(StageDraft draft) {
    FlowDraft flow = draft.flow();
    if (flow.part() != Part.TEARDOWN || !flow.after().isEmpty()) {
      return;
    }
    Set<StageDraft> between = dependents(draft, flow.of().stream().map(Stage::draft).toList());
    Set<StageDraft> inner = new HashSet<>();
    between.forEach(one -> before(one).forEach(inner::add));
    Set<StageDraft> last = new LinkedHashSet<>();
    drafts.stream().filter(one -> between.contains(one) && !inner.contains(one)).forEach(last::add);
    for (StageDraft other : drafts) {
      FlowDraft its = other.flow();
      if (other != draft
          && its.part() == Part.TEARDOWN
          && !its.of().isEmpty()
          && its.of().stream().allMatch(setup -> between.contains(setup.draft()))) {
        last.add(other);
      }
    }
    after.put(draft, last);
  }

  private Set<StageDraft> dependents(StageDraft teardown, List<StageDraft> setups) {
    Set<StageDraft> found = new HashSet<>();
    Deque<StageDraft> todo = new ArrayDeque<>(setups);
    Map<StageDraft, List<StageDraft>> followers = followers();
    while (!todo.isEmpty()) {
      for (StageDraft follower : followers.getOrDefault(todo.poll(), List.of())) {
        if (follower != teardown && isWithin(teardown, follower) && found.add(follower)) {
          todo.add(follower);
        }
      }
    }
    return found;
  }

  private static boolean isWithin(StageDraft teardown, StageDraft one) {
    StageGroup group = teardown.flow().group();
    return one.flow().part() == null && (group == null || group == one.flow().group());
  }

  private Map<StageDraft, List<StageDraft>> followers() {
    Map<StageDraft, List<StageDraft>> followers = new LinkedHashMap<>();
    for (StageDraft draft : drafts) {
      before(draft)
          .forEach(one -> followers.computeIfAbsent(one, none -> new ArrayList<>()).add(draft));
    }
    return followers;
  }

  /** All that must have ended before it can start. */
  private Stream<StageDraft> before(StageDraft draft) {
    Answer guard = guards.get(draft);
    return Stream.of(
            draft.inputs().stream().map(Stage::draft),
            afterOf(draft).stream(),
            guard == null ? Stream.<StageDraft>empty() : Stream.of(guard.choice().draft()),
            draft.flow().of().stream().map(Stage::draft))
        .flatMap(all -> all)
        .distinct();
  }

  private List<StageDraft> sorted() {
    Set<StageDraft> sorted = new LinkedHashSet<>();
    Deque<StageDraft> path = new ArrayDeque<>();
    for (StageDraft draft : drafts) {
      if (!visit(draft, sorted, path)) {
        return List.of();
      }
    }
    return List.copyOf(sorted);
  }

  private boolean visit(StageDraft draft, Set<StageDraft> sorted, Deque<StageDraft> path) {
    if (sorted.contains(draft) || !known.contains(draft)) {
      return true;
    }
    if (path.contains(draft)) {
      List<String> names = new ArrayList<>(path.stream().map(StageDraft::name).toList());
      List<String> cycle = names.subList(0, names.indexOf(draft.name()) + 1);
      cycle.add(0, draft.name());
      findings
          .at(draft.place())
          .add(
              "It waits for itself: %s.".formatted(String.join(" after ", reversed(cycle))),
              "Take one .after(…) of these away.");
      return false;
    }
    path.push(draft);
    for (StageDraft earlier : before(draft).toList()) {
      if (!visit(earlier, sorted, path)) {
        return false;
      }
    }
    path.pop();
    sorted.add(draft);
    return true;
  }

  private static List<String> reversed(List<String> names) {
    List<String> reversed = new ArrayList<>();
    names.forEach(name -> reversed.add(0, name));
    return reversed;
  }
}
