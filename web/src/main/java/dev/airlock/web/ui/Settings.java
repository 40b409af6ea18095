package dev.airlock.web.ui;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.CanarySpec;
import dev.airlock.dsl.graph.CostSpec;
import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.QuotaSpec;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.web.ui.RunPage.Fact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says how a stage was written. */
final class Settings {
  private Settings() {}

  static List<Fact> of(StageSpec stage) {
    List<Fact> facts = new ArrayList<>();
    Work work = stage.work();
    if (work instanceof Work.Ingest ingest && ingest.source() instanceof SourceSpec.Csv csv) {
      facts.add(Fact.of("reads", text(csv.location())));
      facts.add(Fact.of("columns", csv.columns().size()));
    } else if (work instanceof Work.Validate validate) {
      validate.expectations().forEach(expected -> facts.add(expectation(expected)));
    } else if (work instanceof Work.Train train) {
      facts.add(Fact.of("algorithm", lower(train.trainer().algorithm())));
      facts.add(Fact.of("label", train.trainer().label()));
      train
          .trainer()
          .settings()
          .forEach((name, value) -> facts.add(Fact.of(name, Words.bound(value))));
      facts.add(Fact.of("seed", train.trainer().seed()));
      facts.add(Fact.of("embargo", text(train.split().embargoDays()) + " days"));
    } else if (work instanceof Work.Evaluate evaluate) {
      facts.add(Fact.of("chooses by", metric(evaluate.choose())));
      evaluate.requirements().forEach(r -> facts.add(Fact.of("requires", requirement(r))));
      facts.addAll(shown(evaluate));
    } else if (work instanceof Work.Register register) {
      facts.add(new Fact("model", register.model(), "/models/" + register.model()));
    } else if (work instanceof Work.Approval approval) {
      facts.add(Fact.of("asks", String.join(", ", approval.askedOf())));
      facts.add(Fact.of("votes needed", approval.quorum()));
      facts.add(Fact.of("open for", Words.span(approval.within())));
      if (approval.remindEvery() != null) {
        facts.add(Fact.of("reminds every", Words.span(approval.remindEvery())));
      }
      if (approval.escalation() != null) {
        facts.add(
            Fact.of(
                "escalates",
                "to %s after %s"
                    .formatted(
                        approval.escalation().to(), Words.span(approval.escalation().after()))));
      }
      facts.add(Fact.of("policies", approval.takesPolicies() ? "may vote" : "may not vote"));
    } else if (work instanceof Work.Deploy deploy) {
      facts.add(Fact.of("strategy", lower(deploy.strategy())));
      CanarySpec canary = deploy.canary();
      if (canary != null) {
        canary
            .steps()
            .forEach(
                step ->
                    facts.add(
                        Fact.of(
                            step.weight() + " %",
                            step.hold() == null ? "stays" : "for " + text(step.hold()))));
        canary
            .promoteWhile()
            .forEach(condition -> facts.add(Fact.of("as long as", Figures.condition(condition))));
      }
    } else if (work instanceof Work.Monitor monitor) {
      facts.add(Fact.of("looks every", text(monitor.every())));
      facts.add(Fact.of("needs", Words.count(monitor.minimum()) + " rows a window"));
      monitor
          .rules()
          .forEach(
              rule ->
                  facts.add(
                      Fact.of(
                          Figures.condition(rule.condition()),
                          Figures.consequence(rule.consequence()))));
    } else if (work instanceof Work.Task task) {
      facts.add(Fact.of("calls", task.type() + "." + task.method()));
    } else if (work instanceof Work.SubPipeline run) {
      facts.add(new Fact("runs", run.pipeline(), "/pipelines/" + run.pipeline()));
      run.params().forEach((name, value) -> facts.add(Fact.of(name, text(value))));
      facts.add(Fact.of("waits for it", run.waits() ? "yes" : "no"));
    } else if (work instanceof Work.Sensor sensor) {
      facts.add(Fact.of("asks", sensor.type() + "." + sensor.method()));
      facts.add(Fact.of("looks every", rhythm(sensor)));
      facts.add(Fact.of("within", within(sensor.within(), sensor.orSkip())));
    } else if (work instanceof Work.AwaitEvent event) {
      facts.add(Fact.of("waits for", lower(event.source()) + " " + event.name()));
      if (event.lookBack() != null) {
        facts.add(Fact.of("looks back", Words.span(event.lookBack())));
      }
      facts.add(Fact.of("within", within(event.within(), event.orSkip())));
    } else if (work instanceof Work.Map map) {
      facts.add(Fact.of("calls", map.task().type() + "." + map.task().method()));
      facts.add(Fact.of("for each item of", stage.inputs().get(0)));
      facts.add(Fact.of("at once", map.atOnce()));
      facts.add(Fact.of("may fail", quota(map.quota())));
    }
    facts.addAll(ProgramFacts.of(work));
    facts.addAll(FlowFacts.of(stage));
    limits(stage.limits(), facts);
    facts.add(Fact.of("timeout", Words.span(stage.timeout())));
    CacheSpec cache = stage.cache();
    if (cache != null) {
      facts.add(
          Fact.of(
              "cached",
              cache.within() == null ? "at any age" : "for " + Words.span(cache.within())));
    }
    return facts;
  }

  /** What its evidence shall show. */
  private static List<Fact> shown(Work.Evaluate evaluate) {
    List<Fact> facts = new ArrayList<>();
    if (evaluate.segments() != null) {
      facts.add(Fact.of("judges also by", String.join(", ", evaluate.segments())));
    }
    CostSpec cost = evaluate.cost();
    if (cost != null) {
      String unit = cost.unit() == null ? "" : " " + cost.unit();
      facts.add(Fact.of("a false yes costs", Words.bound(cost.falsePositive()) + unit));
      facts.add(Fact.of("a missed yes costs", Words.bound(cost.falseNegative()) + unit));
    }
    if (evaluate.threshold() != null) {
      facts.add(Fact.of("counts as yes from", Words.bound(evaluate.threshold())));
    }
    return facts;
  }

  private static String rhythm(Work.Sensor sensor) {
    String every = Words.span(sensor.every());
    return sensor.factor() == 1
        ? every
        : "%s, then × %s up to %s"
            .formatted(every, Words.bound(sensor.factor()), Words.span(sensor.longest()));
  }

  private static String within(Duration time, boolean orSkip) {
    return Words.span(time) + (orSkip ? ", or it is skipped" : ", or it fails");
  }

  private static void limits(@Nullable LimitSpec limits, List<Fact> facts) {
    if (limits != null && limits.pool() != null) {
      facts.add(
          new Fact(
              "pool",
              limits.pool() + (limits.slots() == 1 ? "" : ", " + limits.slots() + " slots"),
              "/pools"));
    }
    if (limits != null && limits.queue() != null) {
      facts.add(Fact.of("queue", limits.queue()));
    }
    DeadlineSpec deadline = limits == null ? null : limits.deadline();
    if (deadline != null) {
      facts.add(
          Fact.of(
              "deadline",
              deadline.after() == null
                  ? deadline.at() + " " + deadline.zone()
                  : Words.span(deadline.after()) + " after the run was asked for"));
    }
  }

  private static String quota(QuotaSpec quota) {
    if (quota.percent() != null) {
      return Words.bound(quota.percent()) + " %";
    }
    return quota.items() == null || quota.items() == 0
        ? "none"
        : Words.counted(quota.items(), "item", "items");
  }

  private static String text(Setting setting) {
    return setting.literal() == null ? "param " + setting.param() : setting.literal();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String metric(Enum<?> metric) {
    return Words.metric(metric.name().toLowerCase(Locale.ROOT));
  }

  /** "AUC at least 0.7". */
  static String requirement(Requirement requirement) {
    return metric(requirement.metric()) + " " + rule(requirement);
  }

  /** "at least 0.7", "not above champion by 0.002". */
  static String rule(Requirement requirement) {
    String bound = Words.bound(requirement.bound());
    return switch (requirement.comparison()) {
      case AT_LEAST -> "at least " + bound;
      case AT_MOST -> "at most " + bound;
      case NOT_ABOVE_CHAMPION_BY -> "not above champion by " + bound;
      case NOT_BELOW_CHAMPION_BY -> "not below champion by " + bound;
    };
  }

  private static Fact expectation(Expectation expectation) {
    if (expectation instanceof Expectation.NotNull notNull) {
      return Fact.of(notNull.column(), "not null");
    }
    if (expectation instanceof Expectation.Between between) {
      return Fact.of(
          between.column(), Words.bound(between.least()) + " to " + Words.bound(between.most()));
    }
    if (expectation instanceof Expectation.Unique unique) {
      return Fact.of(String.join(", ", unique.columns()), "unique");
    }
    if (expectation instanceof Expectation.RowsAtLeast rows) {
      return Fact.of("rows", "at least " + Words.count(rows.rows()));
    }
    if (expectation instanceof Expectation.RowsAtMost rows) {
      return Fact.of("rows", "at most " + Words.count(rows.rows()));
    }
    return Fact.of(
        "columns", ((Expectation.HasColumns) expectation).columns().size() + " of set types");
  }
}
