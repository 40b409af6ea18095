package dev.airlock.dsl;

import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.dsl.graph.StartSpec.DatasetRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What has been said so far of what starts a pipeline. */
final class StartDraft {

  private static final Pattern DATASET = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9_-]*)+");

  private final List<DatasetEvent> events = new ArrayList<>();
  private final List<Webhook> webhooks = new ArrayList<>();
  private @Nullable Schedule schedule;
  private @Nullable Integer maximumActiveRuns;
  private boolean newVersion;
  private @Nullable Deadline deadline;

  void schedule(Schedule when) {
    this.schedule = when;
  }

  @Nullable Schedule schedule() {
    return schedule;
  }

  void when(DatasetEvent event) {
    events.add(event);
  }

  void on(Webhook webhook) {
    webhooks.add(webhook);
  }

  void onNewVersion() {
    this.newVersion = true;
  }

  void maximumActiveRuns(int most) {
    this.maximumActiveRuns = most;
  }

  void endBy(Deadline latest) {
    this.deadline = latest;
  }

  /** Null where nothing was said. */
  @Nullable StartSpec spec(String pipeline, List<ParamSpec> params, Findings findings) {
    if (maximumActiveRuns != null && maximumActiveRuns < 1) {
      findings.add(
          "At most %d of its runs may go at once.".formatted(maximumActiveRuns),
          "Allow at least one: .maxActiveRuns(1).");
    }
    List<DatasetRule> rules = events.stream().map(DatasetEvent::spec).toList();
    rules.forEach(rule -> check(rule, pipeline, findings.at("startWhen")));
    checkWebhooks(params, findings);
    checkDefaults(params, findings);
    DeadlineSpec latest = deadline == null ? null : deadline.spec(findings);
    if (maximumActiveRuns == null
        && events.isEmpty()
        && webhooks.isEmpty()
        && !newVersion
        && latest == null) {
      return null;
    }
    return new StartSpec(
        maximumActiveRuns == null ? 0 : maximumActiveRuns,
        rules,
        webhooks.stream().map(Webhook::spec).toList(),
        newVersion,
        latest);
  }

  private static void check(DatasetRule rule, String pipeline, Findings here) {
    if (rule.datasets().isEmpty()) {
      here.add("It names no dataset.", "Name one: dataset(\"shop.orders\").");
    }
    for (String dataset : rule.datasets()) {
      if (!DATASET.matcher(dataset).matches()) {
        here.add(
            "'%s' is no name of a dataset.".formatted(dataset),
            "It takes the pipeline, a dot and the stage that ingests it: 'shop.orders'.");
      } else if (dataset.startsWith(pipeline + ".")) {
        here.add(
            "'%s' is published by this very pipeline: each run would start the next."
                .formatted(dataset),
            "Name a dataset of another pipeline.");
      }
    }
  }

  private void checkWebhooks(List<ParamSpec> params, Findings findings) {
    Set<String> taken = new HashSet<>();
    List<String> known = params.stream().map(ParamSpec::name).toList();
    for (Webhook webhook : webhooks) {
      StartSpec.WebhookSpec spec = webhook.spec();
      Findings here = findings.at("webhook '%s'".formatted(spec.name()));
      Names.check(spec.name(), "webhook", here);
      if (!taken.add(spec.name())) {
        here.add("Another webhook has this name too.", "Give it another one.");
      }
      for (String param : spec.params()) {
        if (!known.contains(param)) {
          here.add(
              "It sets param '%s', which no stage takes.".formatted(param),
              known.isEmpty()
                  ? "Take .setting(…) away, or give the param to a stage."
                  : Names.didYouMean(param, known));
        }
      }
    }
  }

  /** Nobody is there to give a param when a run starts by itself. */
  private void checkDefaults(List<ParamSpec> params, Findings findings) {
    if (events.isEmpty() && !newVersion) {
      return;
    }
    for (ParamSpec param : params) {
      if (param.defaultValue() == null) {
        findings
            .at("param '%s'".formatted(param.name()))
            .add("It has no default, and runs start by themselves.", "Give it one: .orElse(…).");
      }
    }
  }
}
