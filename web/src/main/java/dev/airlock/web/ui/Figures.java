package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Requirement.Comparison;
import dev.airlock.dsl.graph.RuleSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says the figures of a live model, each in its unit, and the bounds on them. */
final class Figures {
  private Figures() {}

  /** "0.031", "1.2 %", "4.1 ms", "181 days"; a dash where there is none. */
  static String say(String name, @Nullable Double figure) {
    if (figure == null || !Double.isFinite(figure)) {
      return "–";
    }
    return switch (name) {
      case "error_rate" -> figure > 0 && figure < 0.001 ? "below 0.1 %" : Words.percent(figure);
      case "p99_millis" -> Words.bound(Math.round(figure * 10) / 10.0) + " ms";
      case "age_days" -> Words.counted(Math.round(figure), "day", "days");
      case "predictions", "requests", "errors" -> Words.count(Math.round(figure));
      default -> Words.figure(figure);
    };
  }

  /** "0.05", "1 %", "20 ms", "180 days". */
  static String bound(String name, double bound) {
    return switch (name) {
      case "error_rate" -> Words.bound(bound * 100) + " %";
      case "p99_millis" -> Words.bound(bound) + " ms";
      case "age_days" -> Words.bound(bound) + " days";
      default -> Words.bound(bound);
    };
  }

  /** "Error rate", as it opens a line. */
  static String name(String figure) {
    return Words.opening(Words.metric(figure));
  }

  /** "error rate at most 1 %". */
  static String condition(Condition condition) {
    return "%s %s %s"
        .formatted(
            Words.metric(condition.figure()),
            condition.comparison() == Comparison.AT_LEAST ? "at least" : "at most",
            bound(condition.figure(), condition.bound()));
  }

  /** What a rule leads to, in words. */
  static String consequence(RuleSpec.Consequence consequence) {
    return switch (consequence) {
      case OPEN_TICKET -> "opens a ticket";
      case RETRAIN -> "starts a new run";
      case ROLL_BACK -> "rolls back";
    };
  }

  /** Figures under their names, in the order of the names. */
  static List<RunPage.Fact> facts(Map<String, Double> figures) {
    return figures.entrySet().stream()
        .sorted(Comparator.comparing(entry -> name(entry.getKey())))
        .map(entry -> RunPage.Fact.of(name(entry.getKey()), say(entry.getKey(), entry.getValue())))
        .toList();
  }

  /** "PSI 2.610, predictions 23,570". */
  static String sentence(Map<String, Double> figures) {
    return String.join(
        ", ", facts(figures).stream().map(fact -> fact.name() + " " + fact.value()).toList());
  }
}
