package dev.airlock.web.ui;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.web.ui.RunPage.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says when a stage starts, and what its end means to others. */
final class FlowFacts {

  private FlowFacts() {}

  static List<Fact> of(StageSpec stage) {
    List<Fact> facts = new ArrayList<>();
    FlowSpec flow = Objects.requireNonNullElse(stage.flow(), FlowSpec.PLAIN);
    add(facts, "comes after", String.join(", ", flow.after()));
    add(facts, "starts when", flow.trigger() == null ? "" : rule(flow.trigger()));
    if (flow.guard() != null) {
      add(
          facts,
          "runs only where",
          flow.guard().choice() + " is " + String.join(" or ", flow.guard().answers()));
    }
    if (flow.choice() != null) {
      add(
          facts,
          "answers",
          flow.choice().answers().isEmpty()
              ? "any text"
              : String.join(", ", flow.choice().answers()));
    }
    add(facts, "group", flow.group() == null ? "" : flow.group());
    add(facts, "called by", calledBy(flow));
    add(facts, "may fail", flow.mayFail() ? "yes: the run is as good without it" : "");
    RetrySpec retry = stage.retry();
    add(facts, "tried again only after", types(retry.retryOn()));
    add(facts, "never tried again after", types(retry.neverRetryOn()));
    return facts;
  }

  private static String calledBy(FlowSpec flow) {
    if (flow.part() == null) {
      return "";
    }
    String of = String.join(", ", flow.of());
    return switch (flow.part()) {
      case TEARDOWN -> "the end of what " + of + " has set up";
      case COMPENSATION -> "the run's failure, to undo " + of;
      case ON_FAILURE -> of.isEmpty() ? "the failure of the run" : "the failure of " + of;
    };
  }

  private static String rule(TriggerRule rule) {
    return rule.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String types(@Nullable List<String> types) {
    return types == null ? "" : String.join(", ", types);
  }

  private static void add(List<Fact> facts, String name, String says) {
    if (!says.isEmpty()) {
      facts.add(Fact.of(name, says));
    }
  }
}
