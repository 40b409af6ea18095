package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.Approval;
import dev.airlock.store.FailureStreak;
import dev.airlock.store.Monitor;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.store.RunDetail;
import dev.airlock.store.RunStage;
import dev.airlock.store.StageAttempt;
import dev.airlock.store.StageReuse;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.api.TaskResults;
import dev.airlock.web.drawing.GraphDrawing;
import dev.airlock.web.drawing.TimeChart;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the page of a run out of its rows. */
final class RunPicture {
  private static final int MOST_DETAILS = 20;

  private final RunDetail detail;
  private final Run run;
  private final PipelineVersion version;
  private final FirstRows firstRows;
  private final TaskResults results;
  private final @Nullable Approval question;
  private final @Nullable Monitor watch;
  private final List<Run> children;
  private final RunCalls calls;
  private final List<StageReuse> reuses;
  private final String queuedBecause;
  private final Map<String, RunStage> stages;
  private final RunStage chosen;
  private final Function<RunStage, List<Fact>> waits;
  private final ShownStages shown;
  private final @Nullable FailureStreak streak;

  /**
   * Takes the rows.
   *
   * @param shown the stages that there is room for
   * @param wanted the stage to show in full; null for the one that says most
   * @param question the open approval that the run waits for, or null
   * @param watch the monitor that started the run, or null
   * @param children the runs that resume it
   * @param calls the run that asked for it, and those that it asked for
   * @param reuses whose results its stages took, and why
   * @param queuedBecause why it has not started; empty where nothing holds it
   * @param streak since when the stage that failed fails, or null
   * @param waits what a stage waits for
   */
  RunPicture(
      RunDetail detail,
      PipelineVersion version,
      ShownStages shown,
      @Nullable String wanted,
      @Nullable Approval question,
      @Nullable Monitor watch,
      List<Run> children,
      RunCalls calls,
      List<StageReuse> reuses,
      String queuedBecause,
      @Nullable FailureStreak streak,
      Function<RunStage, List<Fact>> waits,
      FirstRows firstRows,
      TaskResults results) {
    this.results = results;
    this.waits = waits;
    this.firstRows = firstRows;
    this.watch = watch;
    this.children = children;
    this.calls = calls;
    this.reuses = reuses;
    this.queuedBecause = queuedBecause;
    this.streak = streak;
    this.shown = shown;
    this.detail = detail;
    this.run = detail.run();
    this.version = version;
    this.question = question;
    this.stages =
        detail.stages().stream().collect(Collectors.toMap(RunStage::name, Function.identity()));
    this.chosen = choose(detail.stages(), wanted);
  }

  /** The failed one first, then the one under way, then the last that has ended, else the first. */
  private static RunStage choose(List<RunStage> stages, @Nullable String wanted) {
    RunStage best = stages.get(0);
    for (RunStage stage : stages) {
      if (stage.name().equals(wanted)) {
        return stage;
      }
      int weight = weight(stage.state());
      if (weight > 0 && weight >= weight(best.state())) {
        best = stage;
      }
    }
    return best;
  }

  private static int weight(StageState state) {
    return switch (state) {
      case FAILED -> 4;
      case RUNNING -> 3;
      case WAITING -> 2;
      case SUCCEEDED, CACHED, CANCELLED -> 1;
      case PENDING, QUEUED, SKIPPED, UPSTREAM_FAILED -> 0;
    };
  }

  /** The stage that is shown in full. */
  RunStage chosen() {
    return chosen;
  }

  /**
   * The page.
   *
   * @param log what the chosen stage said, or null before its first attempt
   */
  RunPage page(
      Chrome chrome, boolean mayOperate, Instant now, RunWords words, @Nullable LogPanel log) {
    Instant start = run.startedAt() == null ? run.createdAt() : run.startedAt();
    return new RunPage(
        chrome,
        run.id(),
        run.pipeline(),
        run.state().word(),
        says(),
        StartWords.of(run, queuedBecause),
        trigger(),
        run.createdAt(),
        Words.ago(run.createdAt(), now),
        Words.logicalDate(run.logicalDate()),
        run.endedAt() == null ? "" : Words.took(start, run.endedAt(), now),
        mayOperate && !run.state().isFinal() && run.cancelRequestedBy() == null,
        run.state().isFinal() ? null : run.cancelRequestedBy(),
        failure(),
        question(now),
        graph(now),
        time(now),
        shown.stages().stream().map(stage -> row(stage, now)).toList(),
        box(mayOperate, now, log),
        run.params().entrySet().stream()
            .map(param -> Fact.of(param.getKey(), param.getValue()))
            .toList(),
        words,
        RunFamily.of(run, children, mayOperate),
        calls,
        shown.crowd().orElse(null),
        shown.itemsOf(run.id(), chosen.name()));
  }

  private RunPage.@Nullable Trigger trigger() {
    String json = run.triggerDetail();
    if (json == null || run.parent() != null) {
      return null;
    }
    JsonNode detail = Json.read(json, JsonNode.class);
    if (!detail.path("kind").asText().equals("monitor")) {
      return null;
    }
    Map<String, Double> figures = new TreeMap<>();
    detail
        .path("figures")
        .properties()
        .forEach(field -> figures.put(field.getKey(), field.getValue().asDouble(Double.NaN)));
    String asOf = detail.path("asOf").asText();
    return new RunPage.Trigger(
        detail.path("title").asText(),
        detail.path("condition").isObject()
            ? Figures.condition(Json.read(detail.path("condition").toString(), Condition.class))
            : "",
        watch == null
            ? ""
            : "/models/%s/monitoring?monitor=%d".formatted(watch.model(), watch.id()),
        asOf.isEmpty() ? Timed.NOTHING : Timed.date(", as of ", Instant.parse(asOf), ""),
        Figures.sentence(figures));
  }

  /** The monitor that a rule of which started the run, by its trigger; null for none. */
  static @Nullable Long monitor(Run run) {
    String json = run.triggerDetail();
    if (json == null) {
      return null;
    }
    long id = Json.read(json, JsonNode.class).path("monitorId").asLong();
    return id == 0 ? null : id;
  }

  private String says() {
    return run.state() == RunState.WAITING && question != null
        ? "waiting for approval"
        : run.state().word();
  }

  private RunPage.@Nullable Failure failure() {
    RunStage stage = failedStage(detail, version);
    StageError error = stage == null ? run.error() : stage.error();
    return error == null || (stage == null && run.state() != RunState.FAILED)
        ? null
        : failure(stage, error);
  }

  /** The first stage for which the run is worse; null where none failed. */
  static @Nullable RunStage failedStage(RunDetail detail, PipelineVersion version) {
    return detail.stages().stream()
        .filter(stage -> stage.state() == StageState.FAILED && stage.error() != null)
        .filter(stage -> !mayFail(version, stage))
        .findFirst()
        .orElse(null);
  }

  /** Whether the run is as good without it. */
  private static boolean mayFail(PipelineVersion version, RunStage stage) {
    return version
        .graph()
        .stage(stage.name())
        .map(StageSpec::flow)
        .map(FlowSpec::mayFail)
        .orElse(false);
  }

  private RunPage.Failure failure(@Nullable RunStage stage, StageError error) {
    List<String> details = error.details();
    int shown = Math.min(MOST_DETAILS, details.size());
    String name = stage == null ? "" : stage.name();
    return new RunPage.Failure(
        name,
        link(name),
        error.message(),
        details.subList(0, shown),
        details.size() - shown,
        stage == null ? "" : where(stage),
        stage == null ? run.endedAt() : stage.endedAt(),
        since(streak),
        Advice.on(error.type()));
  }

  private String where(RunStage stage) {
    int most = version.graph().stage(stage.name()).map(s -> s.retry().maximumAttempts()).orElse(1);
    return detail.attempts().stream()
        .filter(attempt -> attempt.stage().equals(stage.name()))
        .reduce((first, second) -> second)
        .map(last -> "attempt %d of %d on %s".formatted(last.attempt(), most, last.worker()))
        .orElse("");
  }

  private static RunPage.@Nullable Since since(@Nullable FailureStreak streak) {
    if (streak == null || streak.firstRun() == null || streak.firstAt() == null) {
      return null;
    }
    return new RunPage.Since(
        streak.runs(),
        streak.firstRun(),
        streak.firstAt(),
        streak.succeededRun(),
        streak.succeededAt());
  }

  private RunPage.@Nullable Question question(Instant now) {
    return question == null
        ? null
        : new RunPage.Question(
            "%s v%d waits for %s to let it pass."
                .formatted(question.model(), question.version(), question.everyoneAsked()),
            "/approvals/" + question.id(),
            Timed.until("Expires ", question.expiresAt(), now, "."));
  }

  private GraphDrawing graph(Instant now) {
    if (shown.crowd().isPresent()) {
      return new GraphDrawing(0, 0, List.of(), List.of());
    }
    Graph graph = version.graph();
    return GraphDrawing.of(graph, name -> look(name, now));
  }

  private GraphDrawing.Look look(String name, Instant now) {
    RunStage stage = stages.get(name);
    if (stage == null) {
      return new GraphDrawing.Look("", "", null, "pending", "/runs/" + run.id(), false);
    }
    String time = time(stage, now);
    return new GraphDrawing.Look(
        prefix(stage, time),
        time,
        since(stage),
        stage.state().word(),
        link(name),
        stage.name().equals(chosen.name()));
  }

  /** Where nothing was done, the state alone says more than the kind, and there is room for one. */
  private static String prefix(RunStage stage, String time) {
    if (time.isEmpty()) {
      return stage.kind();
    }
    return stage.startedAt() == null && stage.state().isFinal() ? "" : stage.kind() + " · ";
  }

  /** Whole seconds while it goes on, as the page itself counts them. */
  private static String time(RunStage stage, Instant now) {
    Instant from = stage.startedAt();
    if (stage.state() == StageState.CACHED) {
      return "reused";
    }
    if (from == null) {
      return stage.state() == StageState.PENDING ? "" : stage.state().word();
    }
    Instant to = stage.endedAt();
    return Words.duration(
        to == null
            ? Duration.between(from, now).truncatedTo(ChronoUnit.SECONDS)
            : Duration.between(from, to));
  }

  private static @Nullable String since(RunStage stage) {
    Instant from = stage.startedAt();
    return from == null || stage.state().isFinal() ? null : from.toString();
  }

  private String link(String stage) {
    String query = (stage.isEmpty() ? "" : "stage=" + stage + "&") + shown.query();
    String bare = query.endsWith("&") ? query.substring(0, query.length() - 1) : query;
    return "/runs/" + run.id() + (bare.isEmpty() ? "" : "?" + bare);
  }

  private TimeChart time(Instant now) {
    List<RunStage> charted = shown.crowd().isEmpty() ? shown.stages() : List.of();
    return TimeChart.of(charted.stream().map(stage -> span(stage, now)).toList(), now);
  }

  private static TimeChart.Span span(RunStage stage, Instant now) {
    return new TimeChart.Span(
        stage.name(),
        stage.state().word(),
        stage.startedAt(),
        stage.state().isFinal() && stage.endedAt() == null ? stage.startedAt() : stage.endedAt(),
        time(stage, now));
  }

  private RunPage.StageRow row(RunStage stage, Instant now) {
    Outputs.Saying saying = Outputs.say(stage.output());
    String progress = shown.progress(stage);
    return new RunPage.StageRow(
        stage.name(),
        stage.kind(),
        stage.state().word(),
        stage.attempt(),
        stage.startedAt(),
        stage.startedAt() == null ? "" : time(stage, now),
        since(stage),
        progress.isEmpty() ? saying.text() : progress,
        saying.link(),
        link(stage.name()),
        stage.name().equals(chosen.name()));
  }

  private RunPage.StageBox box(boolean mayOperate, Instant now, @Nullable LogPanel log) {
    List<StageAttempt> attempts =
        detail.attempts().stream()
            .filter(attempt -> attempt.stage().equals(chosen.name()))
            .toList();
    StageError error = chosen.error();
    return new RunPage.StageBox(
        chosen.name(),
        chosen.state().word(),
        facts(attempts, now),
        version.graph().stage(chosen.name()).map(Settings::of).orElse(List.of()),
        attempts.stream().map(attempt -> attempt(attempt, now)).toList(),
        error == null ? null : error.message(),
        error == null || chosen.equals(failedStage(detail, version))
            ? List.of()
            : error.details().subList(0, Math.min(MOST_DETAILS, error.details().size())),
        log,
        TaskValue.of(
            results.find(chosen.output()),
            "/api/v1/runs/%d/stages/%s/result".formatted(run.id(), chosen.name())),
        mayOperate ? eventLog(attempts) : null,
        rows());
  }

  private @Nullable String eventLog(List<StageAttempt> attempts) {
    return attempts.isEmpty() || attempts.get(attempts.size() - 1).eventLogDigest() == null
        ? null
        : "/api/v1/runs/%d/stages/%s/event-log".formatted(run.id(), chosen.name());
  }

  private @Nullable RowTable rows() {
    return chosen.output() instanceof StageOutput.DatasetVersion version
        ? RowTable.of(
            "First rows of " + chosen.name(), firstRows.of(version.dataset(), version.snapshotId()))
        : null;
  }

  private List<Fact> facts(List<StageAttempt> attempts, Instant now) {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.of("Kind", chosen.kind()));
    int most =
        version
            .graph()
            .stage(chosen.name())
            .map(StageSpec::retry)
            .map(r -> r.maximumAttempts())
            .orElse(1);
    if (!attempts.isEmpty()) {
      StageAttempt last = attempts.get(attempts.size() - 1);
      facts.add(Fact.of("Attempt", "%d of %d, %s".formatted(last.attempt(), most, last.worker())));
    }
    version
        .graph()
        .stage(chosen.name())
        .map(StageSpec::inputs)
        .filter(inputs -> !inputs.isEmpty())
        .ifPresent(inputs -> facts.add(Fact.of("Takes", String.join(", ", inputs))));
    Outputs.Saying saying = Outputs.say(chosen.output());
    if (!saying.text().isEmpty()) {
      facts.add(new Fact("Gave", saying.text(), saying.link()));
    }
    facts.addAll(RunFamily.facts(chosen.name(), reuses));
    facts.addAll(waits.apply(chosen));
    if (chosen.startedAt() != null) {
      facts.add(Fact.of("Began", Timed.moment("", chosen.startedAt(), "")));
      facts.add(Fact.of(chosen.state().isFinal() ? "Took" : "So far", time(chosen, now)));
    }
    return facts;
  }

  private static RunPage.Attempt attempt(StageAttempt attempt, Instant now) {
    return new RunPage.Attempt(
        attempt.attempt(),
        attempt.worker(),
        Words.took(attempt.startedAt(), attempt.endedAt(), now),
        attempt.error() == null ? null : attempt.error().message());
  }
}
