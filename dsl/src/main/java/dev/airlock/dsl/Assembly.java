package dev.airlock.dsl;

import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the drafts together into a graph, and says everything that is wrong with them. */
final class Assembly {

  private static final Duration LONGEST = Duration.ofDays(7);

  private final String name;
  private final @Nullable String owner;
  private final StartDraft starts;
  private final List<StageDraft> drafts;
  private final List<StageGroup> groups;
  private final Findings findings;

  Assembly(
      String name,
      @Nullable String owner,
      StartDraft starts,
      List<StageDraft> drafts,
      List<StageGroup> groups) {
    this.name = name;
    this.owner = owner;
    this.starts = starts;
    this.drafts = drafts;
    this.groups = groups;
    this.findings = Findings.of("pipeline '%s'".formatted(name));
  }

  Pipeline assemble() {
    Names.check(name, "pipeline", findings);
    if (owner == null || owner.isBlank()) {
      findings.add("Nobody owns the pipeline.", "Name a team: .ownedBy(\"growth-ml\").");
    }
    Schedule schedule = starts.schedule();
    ScheduleSpec when = schedule == null ? null : schedule.spec(findings);
    if (drafts.isEmpty()) {
      findings.add("The pipeline has no stages.", "Start with .ingest(…).");
    }
    checkNames();
    List<ParamSpec> params = params();
    List<StageSpec> stages = stages();
    StartSpec started = starts.spec(name, params, findings);
    List<Problem> problems = findings.all();
    if (!problems.isEmpty()) {
      throw new InvalidPipelineException(name, problems);
    }
    return new Pipeline(new Graph(name, owner == null ? "" : owner, when, params, stages, started));
  }

  private void checkNames() {
    Set<String> taken = new HashSet<>();
    for (StageDraft draft : drafts) {
      Findings here = findings.at(draft.place());
      Names.check(draft.name(), "stage", here);
      if (!taken.add(draft.name())) {
        here.add(
            "Another stage is named '%s' too.".formatted(draft.name()),
            "Did you mean '%s'?".formatted(free(draft.name())));
      }
    }
  }

  private String free(String taken) {
    Set<String> names = new HashSet<>();
    drafts.forEach(draft -> names.add(draft.name()));
    int number = 2;
    while (names.contains(taken + "-" + number)) {
      number++;
    }
    return taken + "-" + number;
  }

  private List<ParamSpec> params() {
    Map<String, ParamSpec> specs = new LinkedHashMap<>();
    for (StageDraft draft : drafts) {
      for (Param<?> param : draft.params()) {
        ParamSpec spec = param.spec();
        ParamSpec first = specs.putIfAbsent(spec.name(), spec);
        if (first == null) {
          check(spec);
        } else if (!first.equals(spec)) {
          findings
              .at("param '%s'".formatted(spec.name()))
              .add(
                  "It is defined twice: as %s and, in %s, as %s."
                      .formatted(describe(first), draft.place(), describe(spec)),
                  "Define it once, as a constant, and use that.");
        }
      }
    }
    return List.copyOf(specs.values());
  }

  private void check(ParamSpec spec) {
    Findings here = findings.at("param '%s'".formatted(spec.name()));
    Names.check(spec.name(), "param", here);
    if (spec.name().replace('-', '_').equals(SqlParams.AS_OF)) {
      here.add("The name is taken: :as_of is the run's logical date.", "Use another name.");
    }
    for (String bound : bounds(spec)) {
      if (spec.type().parse(bound).isEmpty()) {
        here.add("Its bound %s won't do.".formatted(bound), "Give a finite one.");
        return;
      }
    }
    if (spec.atLeast() != null && spec.atMost() != null) {
      ParamSpec atMost = new ParamSpec(spec.name(), spec.type(), null, null, spec.atMost());
      if (atMost.fault(spec.atLeast()).isPresent()) {
        here.add(
            "No value is at least %s and at most %s.".formatted(spec.atLeast(), spec.atMost()),
            "Swap the bounds.");
        return;
      }
    }
    if (spec.defaultValue() != null) {
      spec.fault(spec.defaultValue())
          .ifPresent(
              fault -> here.add("Its default won't do: " + fault, "Change it or the bounds."));
    }
  }

  private static List<String> bounds(ParamSpec spec) {
    return Stream.of(Optional.ofNullable(spec.atLeast()), Optional.ofNullable(spec.atMost()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static String describe(ParamSpec spec) {
    StringBuilder text = new StringBuilder(spec.type().toString());
    if (spec.atLeast() != null) {
      text.append(" at least ").append(spec.atLeast());
    }
    if (spec.atMost() != null) {
      text.append(" at most ").append(spec.atMost());
    }
    return text.append(spec.defaultValue() == null ? "" : " or else " + spec.defaultValue())
        .toString();
  }

  private List<StageSpec> stages() {
    Map<StageDraft, Work> works = new LinkedHashMap<>();
    StageChecks checks = new StageChecks(works);
    Map<StageDraft, Duration> timeouts = new LinkedHashMap<>();
    for (StageDraft draft : drafts) {
      Findings here = findings.at(draft.place());
      checkInputs(draft, here);
      checkRetry(draft.retry(), here);
      Work work = draft.finish(findings);
      if (work != null) {
        works.put(draft, work);
        checks.check(draft, work, here);
        timeouts.put(draft, timeout(draft, work, here));
      }
    }
    FlowAssembly flows = new FlowAssembly(drafts, groups, works, findings);
    List<StageSpec> specs = new ArrayList<>();
    for (StageDraft draft : flows.order()) {
      Work work = works.get(draft);
      Duration timeout = timeouts.get(draft);
      if (work != null && timeout != null) {
        specs.add(
            new StageSpec(
                draft.name(),
                work,
                draft.inputNames(),
                draft.paramNames(),
                draft.retry(),
                timeout,
                flows.of(draft),
                draft.limits(findings.at(draft.place())),
                draft.cache()));
      }
    }
    return specs;
  }

  private void checkInputs(StageDraft draft, Findings here) {
    Set<Stage<?>> seen = new HashSet<>();
    for (Stage<?> input : draft.inputs()) {
      if (!drafts.contains(input.draft())) {
        here.add(
            "It reads the stage '%s' of another pipeline.".formatted(input.name()),
            "Give it a stage of this one.");
      } else if (!seen.add(input)) {
        here.add("It reads the stage '%s' twice.".formatted(input.name()), "Name it once.");
      }
    }
  }

  private static void checkRetry(RetrySpec retry, Findings here) {
    if (retry.maximumAttempts() < 1) {
      here.add(
          "It may be tried %d times.".formatted(retry.maximumAttempts()),
          "One attempt is the least: .retry(1).");
    }
    if (retry.firstBackoff().isNegative()
        || retry.firstBackoff().isZero()
        || retry.maximumBackoff().compareTo(retry.firstBackoff()) < 0
        || !(retry.factor() >= 1)) {
      here.add(
          "The waits between its attempts start at %s, grow by %s and end at %s."
              .formatted(retry.firstBackoff(), retry.factor(), retry.maximumBackoff()),
          "Start above zero, grow by at least 1, and end no lower than the start.");
    }
  }

  private static Duration timeout(StageDraft draft, Work work, Findings here) {
    Duration given = draft.timeout();
    if (work instanceof Work.Approval approval) {
      if (given != null) {
        here.add("An approval has no attempts to time out.", "Use .within(…) instead.");
      }
      return approval.within();
    }
    if (work instanceof Work.AwaitEvent event) {
      if (given != null) {
        here.add("A wait for an event has no attempts to time out.", "Use .within(…) instead.");
      }
      return event.within();
    }
    CanarySpec canary = work instanceof Work.Deploy deploy ? deploy.canary() : null;
    if (canary != null) {
      if (given != null) {
        here.add(
            "A canary has no attempts to time out: it waits through its holds.",
            "Take .timeout(…) away.");
      }
      return usual(work).plus(holds(canary, draft));
    }
    if (given == null) {
      return usual(work);
    }
    boolean isShort = work.ownTask().filter(Work.Task::shortTask).isPresent();
    Duration longest = isShort ? TaskStage.SHORT : LONGEST;
    if (given.compareTo(StageDraft.SHORTEST) < 0 || given.compareTo(longest) > 0) {
      here.add(
          "Its timeout is %s.".formatted(given),
          "Keep it between %s and %s.".formatted(StageDraft.SHORTEST, longest));
    }
    return given;
  }

  /** All of them together, as far as they are known before a run. */
  private static Duration holds(CanarySpec canary, StageDraft draft) {
    return canary.steps().stream()
        .map(CanarySpec.Step::hold)
        .flatMap(Stream::ofNullable)
        .map(hold -> hold.param() == null ? hold.literal() : defaultOf(hold.param(), draft))
        .flatMap(Stream::ofNullable)
        .flatMap(text -> ParamType.DURATION.parse(text).stream())
        .map(Duration.class::cast)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static @Nullable String defaultOf(String param, StageDraft draft) {
    return draft.params().stream()
        .map(Param::spec)
        .filter(spec -> spec.name().equals(param))
        .findFirst()
        .map(ParamSpec::defaultValue)
        .orElse(null);
  }

  private static Duration usual(Work work) {
    if (work instanceof Work.Train) {
      return Duration.ofHours(4);
    }
    if (work instanceof Work.Sensor) {
      return Duration.ofMinutes(1);
    }
    return work instanceof Work.Register || work instanceof Work.Deploy
        ? Duration.ofMinutes(10)
        : Duration.ofHours(1);
  }
}
