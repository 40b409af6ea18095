package dev.airlock.dsl.graph;

import dev.airlock.dsl.graph.Work.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run would do, told before it starts: every stage in the order in which it can begin, what
 * it does with these params, and what it would wait for. Nothing is looked at but the graph, so it
 * says what the pipeline means and not what its data hold.
 *
 * @param pipeline its name
 * @param steps in the order in which they can begin
 */
public record DryRun(String pipeline, List<Step> steps) {

  public DryRun {
    steps = List.copyOf(steps);
  }

  /**
   * One stage.
   *
   * @param wave which of the stages can begin together: 1 for those that wait for no other
   * @param stage its name
   * @param kind as {@link Work#kind}
   * @param does what it does, as a sentence without its full stop
   * @param after the stages that it waits for
   * @param only on which condition it runs, in words; empty where it has none of its own
   * @param attempts how often it is tried at most
   * @param timeout the longest that an attempt, or the wait for people, may take
   */
  public record Step(
      int wave,
      String stage,
      String kind,
      String does,
      List<String> after,
      String only,
      int attempts,
      Duration timeout) {

    public Step {
      after = List.copyOf(after);
    }
  }

  /**
   * What a run of a graph would do.
   *
   * @param params every param of the run, defaults filled in; one that is missing is named in angle
   *     brackets
   */
  public static DryRun of(Graph graph, Map<String, String> params) {
    Map<String, Integer> waves = new LinkedHashMap<>();
    List<Step> steps = new ArrayList<>();
    for (StageSpec stage : graph.stages()) {
      List<String> after = before(stage);
      int wave = 1 + after.stream().mapToInt(name -> waves.getOrDefault(name, 0)).max().orElse(0);
      waves.put(stage.name(), wave);
      steps.add(
          new Step(
              wave,
              stage.name(),
              stage.work().kind(),
              does(stage.work(), params) + where(stage),
              after,
              only(stage),
              stage.work() instanceof Work.Approval ? 1 : stage.retry().maximumAttempts(),
              stage.timeout()));
    }
    steps.sort((one, other) -> Integer.compare(one.wave(), other.wave()));
    return new DryRun(graph.name(), steps);
  }

  private static List<String> before(StageSpec stage) {
    FlowSpec flow = Objects.requireNonNullElse(stage.flow(), FlowSpec.PLAIN);
    Guard guard = flow.guard();
    return Stream.of(
            stage.inputs(),
            flow.after(),
            guard == null ? List.<String>of() : List.of(guard.choice()),
            flow.of())
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  private static String only(StageSpec stage) {
    FlowSpec flow = Objects.requireNonNullElse(stage.flow(), FlowSpec.PLAIN);
    List<String> conditions = new ArrayList<>();
    Guard guard = flow.guard();
    if (guard != null) {
      conditions.add(
          "where '%s' answers %s".formatted(guard.choice(), String.join(" or ", guard.answers())));
    }
    if (flow.trigger() != null) {
      conditions.add("by the rule " + words(flow.trigger()));
    }
    if (flow.part() != null) {
      conditions.add(
          switch (flow.part()) {
            case TEARDOWN -> "once what stands between it and its set-up has ended, however";
            case ON_FAILURE ->
                flow.of().isEmpty()
                    ? "where the run fails"
                    : "where " + String.join(" or ", flow.of()) + " fails";
            case COMPENSATION -> "where the run fails or is cancelled";
          });
    }
    return String.join("; ", conditions);
  }

  private static String where(StageSpec stage) {
    return stage.queue() == null ? "" : ", on a worker of the queue '" + stage.queue() + "'";
  }

  private static String does(Work work, Map<String, String> params) {
    if (work instanceof Work.Ingest ingest && ingest.source() instanceof SourceSpec.Csv csv) {
      return "reads %s, %d columns, into a branch that nobody else sees"
          .formatted(value(csv.location(), params), csv.columns().size());
    }
    if (work instanceof Work.Validate validate) {
      return "holds %d expectations against it, and publishes it where all of them hold"
          .formatted(validate.expectations().size());
    }
    if (work instanceof Work.Transform) {
      return "runs SQL over what it reads";
    }
    if (work instanceof Work.Train train) {
      return "trains %s to predict %s"
          .formatted(words(train.trainer().algorithm()), train.trainer().label());
    }
    if (work instanceof Work.Evaluate evaluate) {
      List<String> segments = evaluate.segments() == null ? List.of() : evaluate.segments();
      return "chooses by %s, judges on the holdout%s, and fails unless %s"
          .formatted(
              words(evaluate.choose()),
              segments.isEmpty() ? "" : ", also by " + String.join(" and ", segments),
              evaluate.requirements().isEmpty()
                  ? "nothing is asked of it"
                  : evaluate.requirements().stream()
                      .map(DryRun::words)
                      .collect(Collectors.joining(" and ")));
    }
    if (work instanceof Work.Register register) {
      return "registers the next version of %s".formatted(register.model());
    }
    if (work instanceof Work.Approval approval) {
      return asks(approval);
    }
    if (work instanceof Work.Deploy deploy) {
      return deploys(deploy, params);
    }
    if (work instanceof Work.Monitor monitor) {
      return "lets a monitor look every %s from then on, by %d rules"
          .formatted(value(monitor.every(), params), monitor.rules().size());
    }
    if (work instanceof Work.Task task) {
      return "calls %s.%s"
          .formatted(task.type().substring(task.type().lastIndexOf('.') + 1), task.method());
    }
    return reachesOut(work, params);
  }

  private static String reachesOut(Work work, Map<String, String> params) {
    if (work instanceof Work.Program program) {
      return "runs the program %s with %d arguments"
          .formatted(
              program.program().command().get(0).literal(), program.program().command().size() - 1);
    }
    if (work instanceof Work.SparkJar jar) {
      return "runs %s of %s on Spark".formatted(jar.job().mainClass(), jar.job().jar());
    }
    if (work instanceof Work.Http http) {
      ValueSpec url = http.request().url();
      return "sends %s to %s"
          .formatted(
              http.request().method(),
              url.secret() == null
                  ? value(new Setting(url.literal(), url.param()), params)
                  : "the URL in the secret '" + url.secret() + "'");
    }
    if (work instanceof Work.Statement statement) {
      return "gives the database '%s' a statement".formatted(statement.statement().connection());
    }
    if (work instanceof Work.SubPipeline run) {
      return "has the pipeline '%s' run, and %s"
          .formatted(run.pipeline(), run.waits() ? "waits for its end" : "goes on at once");
    }
    if (work instanceof Work.FirstOf) {
      return "hands on what the first of its branches that has succeeded has given";
    }
    return "carries out a stage of the kind " + work.kind();
  }

  private static String asks(Work.Approval approval) {
    String text =
        "asks %s: %d must approve within %s, or it is rejected"
            .formatted(
                String.join(" or ", approval.askedOf()),
                approval.quorum(),
                words(approval.within()));
    if (approval.remindEvery() != null) {
      text += "; reminds every " + words(approval.remindEvery());
    }
    if (approval.escalation() != null) {
      text +=
          "; after %s %s may vote as well"
              .formatted(words(approval.escalation().after()), approval.escalation().to());
    }
    return approval.takesPolicies() ? text + "; a signed policy may vote" : text;
  }

  private static String deploys(Work.Deploy deploy, Map<String, String> params) {
    CanarySpec canary = deploy.canary();
    if (deploy.strategy() == Strategy.BLUE_GREEN || canary == null) {
      return "sends all traffic to the approved version at once";
    }
    return "sends traffic step by step ("
        + canary.steps().stream()
            .map(step -> step(step, params))
            .collect(Collectors.joining(", then "))
        + "), and back where one of %d conditions does not hold; at once where nothing is live yet"
            .formatted(canary.promoteWhile().size());
  }

  private static String step(CanarySpec.Step step, Map<String, String> params) {
    Setting hold = step.hold();
    return hold == null
        ? step.weight() + " %"
        : "%d %% for %s".formatted(step.weight(), value(hold, params));
  }

  private static String value(Setting setting, Map<String, String> params) {
    String text =
        setting.param() == null
            ? setting.literal()
            : params.getOrDefault(setting.param(), "<" + setting.param() + ">");
    return ParamType.DURATION
        .parse(String.valueOf(text))
        .map(parsed -> words((Duration) parsed))
        .orElse(String.valueOf(text));
  }

  private static String words(Requirement requirement) {
    return "%s is %s %s"
        .formatted(
            words(requirement.metric()),
            switch (requirement.comparison()) {
              case AT_LEAST -> "at least";
              case AT_MOST -> "at most";
              case NOT_ABOVE_CHAMPION_BY -> "not above the champion's by more than";
              case NOT_BELOW_CHAMPION_BY -> "not below the champion's by more than";
            },
            requirement.bound());
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** As people say it: {@code 3 days}, {@code 2 h 30 min}. */
  public static String words(Duration time) {
    List<String> parts = new ArrayList<>();
    add(parts, time.toDays(), time.toDays() == 1 ? " day" : " days");
    add(parts, time.toHoursPart(), " h");
    add(parts, time.toMinutesPart(), " min");
    add(parts, time.toSecondsPart(), " s");
    return parts.isEmpty() ? "0 s" : String.join(" ", parts);
  }

  private static void add(List<String> parts, long number, String unit) {
    if (number > 0) {
      parts.add(number + unit);
    }
  }
}
