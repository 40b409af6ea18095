package dev.airlock.dsl;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What makes sense for one kind of stage, given those that it reads. */
final class StageChecks {

  private final Map<StageDraft, Work> works;
  private final Map<StageDraft, String> approvals = new HashMap<>();
  private final Map<String, String> models = new HashMap<>();

  /**
   * @param works what earlier stages do; grows while checking
   */
  StageChecks(Map<StageDraft, Work> works) {
    this.works = works;
  }

  void check(StageDraft draft, Work work, Findings findings) {
    boolean readsParams = work instanceof Work.Transform || work instanceof Work.Statement;
    if (!readsParams && !draft.declared().isEmpty()) {
      findings.add(
          "Only SQL reads the params of .with(…), and this is %s."
              .formatted(withArticle(work.kind())),
          work.ownTask().isPresent() || work instanceof Work.Program
              ? "Give it its params as arguments."
              : "Take .with(…) away.");
    }
    CacheSpec cache = draft.cache();
    if (cache != null) {
      checkCache(cache, work, findings);
    }
    if (draft.queue() != null) {
      checkQueue(draft.queue(), work, findings);
    }
    if (work instanceof Work.Validate validate) {
      ExpectationChecks.check(validate.expectations(), columns(draft), findings);
    } else if (work instanceof Work.Transform transform) {
      checkTransform(draft, transform, findings);
    } else if (work instanceof Work.Statement statement) {
      StatementChecks.check(statement.statement(), findings);
    } else if (work instanceof Work.Train train) {
      checkTrain(train, findings);
      columns(draft).ifPresent(columns -> checkColumns(train, columns, findings));
    } else if (work instanceof Work.Evaluate evaluate) {
      checkEvaluate(draft, evaluate, findings);
    } else if (work instanceof Work.Register register) {
      once(models, register.model(), draft, "registers the model '" + register.model() + "'")
          .ifPresent(what -> findings.add(what, "Register one model by one stage."));
    } else if (work instanceof Work.Approval) {
      StageDraft version = draft.inputs().get(0).draft();
      once(approvals, version, draft, "asks for an approval of '" + version.name() + "'")
          .ifPresent(what -> findings.add(what, "Ask once, with a larger .quorum(…)."));
    } else if (work instanceof Work.Monitor monitor) {
      trained(draft)
          .ifPresent(train -> MetricChecks.check(monitor, train.trainer().algorithm(), findings));
    }
  }

  private static void checkCache(CacheSpec cache, Work work, Findings findings) {
    boolean onlyGives =
        work instanceof Work.Ingest
            || work instanceof Work.Transform
            || work instanceof Work.Train
            || work instanceof Work.Evaluate
            || work instanceof Work.Task;
    if (!onlyGives) {
      findings.add(
          "%s can't be cached: it does something in the world, and must do so in every run."
              .formatted(capital(withArticle(work.kind()))),
          "Take .cached() away; an ingest, a transform, a training, an evaluation and a task may"
              + " have it.");
    }
    if (cache.within() != null && cache.within().compareTo(StageDraft.SHORTEST) < 0) {
      findings.add(
          "Its result is taken within %s.".formatted(cache.within()),
          "Give .cached(…) at least a second, or nothing for any age.");
    }
  }

  private static void checkQueue(String queue, Work work, Findings findings) {
    Names.check(queue, "queue", findings);
    if (work instanceof Work.Task task && task.shortTask()) {
      findings.add(
          "A short task is called where the run itself is, and takes no queue.",
          "Take .shortTask() or .onQueue(…) away.");
    } else if (!takesQueue(work)) {
      findings.add(
          "%s can't be given to a queue.".formatted(capital(withArticle(work.kind()))),
          "Take .onQueue(…) away; a task, a map, a sensor, a process, an http, a sql and a spark"
              + " stage may have it.");
    }
  }

  private static boolean takesQueue(Work work) {
    return work instanceof Work.Task
        || work instanceof Work.Map
        || work instanceof Work.Sensor
        || work instanceof Work.Program
        || work instanceof Work.Http
        || work instanceof Work.Statement
        || work instanceof Work.SparkJar;
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** What trained the first candidate of those that a later stage goes back to. */
  private Optional<Work.Train> trained(StageDraft reader) {
    for (StageDraft draft = reader; !draft.inputs().isEmpty(); ) {
      draft = draft.inputs().get(0).draft();
      if (works.get(draft) instanceof Work.Train train) {
        return Optional.of(train);
      }
    }
    return Optional.empty();
  }

  private static String withArticle(String kind) {
    return ("aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ") + kind;
  }

  private static <K> Optional<String> once(
      Map<K, String> taken, K key, StageDraft draft, String what) {
    String other = taken.putIfAbsent(key, draft.name());
    return other == null
        ? Optional.empty()
        : Optional.of("The stage '%s' %s already.".formatted(other, what));
  }

  private static void checkTransform(
      StageDraft draft, Work.Transform transform, Findings findings) {
    if (draft.inputs().isEmpty()) {
      findings.add("The SQL has no inputs.", "Give it the stages whose datasets it reads.");
    }
    SqlParams.check(transform.sql(), draft.declared(), findings);
  }

  private static void checkTrain(Work.Train train, Findings findings) {
    String snapshot = train.split().snapshotColumn();
    if (train.trainer().features().contains(snapshot)) {
      findings.add(
          "The snapshot column '%s' is among the features.".formatted(snapshot),
          "Take it out of .features(…).");
    }
    if (train.trainer().label().equals(snapshot)) {
      findings.add(
          "The snapshot column '%s' is the label.".formatted(snapshot), "Name another label.");
    }
  }

  /** What a trainer names, held against the columns that it is given. */
  private static void checkColumns(Work.Train train, List<ColumnSpec> columns, Findings findings) {
    List<String> names = columns.stream().map(ColumnSpec::name).toList();
    Map<String, String> named = new LinkedHashMap<>();
    named.put(train.split().snapshotColumn(), "the snapshot column");
    named.put(train.trainer().label(), "the label");
    train.trainer().features().forEach(feature -> named.putIfAbsent(feature, "a feature"));
    named.forEach(
        (name, role) -> {
          if (!names.contains(name)) {
            findings.add(
                "The dataset has no column '%s', %s.".formatted(name, role),
                Names.didYouMean(name, names));
          }
        });
  }

  private void checkEvaluate(StageDraft draft, Work.Evaluate evaluate, Findings findings) {
    List<Work.Train> trained =
        draft.inputs().stream()
            .map(input -> works.get(input.draft()))
            .filter(Work.Train.class::isInstance)
            .map(Work.Train.class::cast)
            .toList();
    if (draft.inputs().isEmpty()) {
      findings.add("The evaluation has no candidates.", "Give it what .train(…) gives.");
    }
    same(trained, train -> train.trainer().label(), "predict different labels", findings);
    same(
        trained,
        train -> train.trainer().algorithm().isClassifier() ? "a probability" : "a number",
        "predict different things",
        findings);
    same(
        draft.inputs(),
        candidate -> String.join(", ", candidate.draft().inputNames()),
        "were trained on different datasets",
        findings);
    for (Work.Train train : trained) {
      if (!train.split().equals(evaluate.split())) {
        findings.add(
            "A candidate was trained with another split, so that it may have seen the holdout.",
            "Give one Split to .train(…) and .evaluate(…).");
        break;
      }
    }
    EvaluationChecks.check(evaluate, findings);
    if (!trained.isEmpty()) {
      MetricChecks.check(evaluate, trained.get(0).trainer().algorithm(), findings);
      EvaluationChecks.checkFit(evaluate, trained.get(0).trainer().algorithm(), findings);
    }
    if (!draft.inputs().isEmpty()) {
      columns(draft.inputs().get(0).draft())
          .ifPresent(columns -> checkSegments(evaluate, columns, findings));
    }
  }

  private static void checkSegments(
      Work.Evaluate evaluate, List<ColumnSpec> columns, Findings findings) {
    List<String> segments = evaluate.segments() == null ? List.of() : evaluate.segments();
    List<String> names = columns.stream().map(ColumnSpec::name).toList();
    for (String segment : segments) {
      if (!segment.isBlank() && !names.contains(segment)) {
        findings.add(
            "The dataset has no column '%s', by which it is parted.".formatted(segment),
            Names.didYouMean(segment, names));
      }
    }
  }

  private static <T> void same(
      List<T> candidates, Function<T, String> property, String what, Findings findings) {
    Set<String> values = new LinkedHashSet<>();
    candidates.forEach(candidate -> values.add(property.apply(candidate)));
    if (values.size() > 1) {
      findings.add(
          "Its candidates %s: %s.".formatted(what, String.join(" and ", values)),
          "Compare only candidates that answer the same question.");
    }
  }

  /** The columns of what a stage reads, as far as they are known without running it. */
  private Optional<List<ColumnSpec>> columns(StageDraft reader) {
    if (reader.inputs().isEmpty()) {
      return Optional.empty();
    }
    StageDraft draft = reader.inputs().get(0).draft();
    Work work = works.get(draft);
    if (work instanceof Work.Ingest ingest && ingest.source() instanceof SourceSpec.Csv csv) {
      return Optional.of(csv.columns());
    }
    return work instanceof Work.Validate ? columns(draft) : Optional.empty();
  }
}
