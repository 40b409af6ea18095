package dev.airlock.dsl.graph;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What starts runs beside the schedule, and how many go at once.
 *
 * @param maximumActiveRuns further runs wait as queued; 0 for no limit
 * @param whenPublished each of these starts a run by itself
 * @param webhooks whom other systems may call
 * @param newVersion whether a new version of the pipeline starts a run
 * @param deadline when a run must have ended, or an alert is raised; null for none
 */
public record StartSpec(
    int maximumActiveRuns,
    List<DatasetRule> whenPublished,
    List<WebhookSpec> webhooks,
    boolean newVersion,
    @Nullable DeadlineSpec deadline) {

  public StartSpec(
      int maximumActiveRuns,
      @Nullable List<DatasetRule> whenPublished,
      @Nullable List<WebhookSpec> webhooks,
      boolean newVersion,
      @Nullable DeadlineSpec deadline) {
    this.maximumActiveRuns = maximumActiveRuns;
    this.whenPublished = whenPublished == null ? List.of() : List.copyOf(whenPublished);
    this.webhooks = webhooks == null ? List.of() : List.copyOf(webhooks);
    this.newVersion = newVersion;
    this.deadline = deadline;
  }

  /** Starts whose runs have no deadline. */
  public StartSpec(
      int maximumActiveRuns,
      @Nullable List<DatasetRule> whenPublished,
      @Nullable List<WebhookSpec> webhooks,
      boolean newVersion) {
    this(maximumActiveRuns, whenPublished, webhooks, newVersion, null);
  }

  /** The webhook of this name. */
  public Optional<WebhookSpec> webhook(String name) {
    return webhooks.stream().filter(webhook -> webhook.name().equals(name)).findFirst();
  }

  /**
   * Starts a run when each of these datasets has a version that came after the last run so started.
   *
   * @param datasets at least one, such as {@code shop.orders}
   */
  public record DatasetRule(List<String> datasets) {
    public DatasetRule {
      datasets = List.copyOf(datasets);
    }
  }

  /**
   * A call from another system that starts a run.
   *
   * @param name lower-case words joined by hyphens
   * @param params what the caller may set, by name
   */
  public record WebhookSpec(String name, List<String> params) {
    public WebhookSpec {
      params = List.copyOf(params);
    }
  }
}
