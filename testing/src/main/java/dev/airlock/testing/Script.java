package dev.airlock.testing;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the world will do. */
final class Script {

  private final List<Vote> votes = new ArrayList<>();
  private final Map<String, Failures> failures = new HashMap<>();
  private final Map<String, String> results = new HashMap<>();
  private final Map<String, String> itemFailures = new HashMap<>();
  private final Map<Metric, Double> figures = new EnumMap<>(Metric.class);
  private Duration deciding = Duration.ofHours(1);
  private @Nullable Duration untilCancelled;
  private @Nullable String refusal;

  private final Map<String, Finding> findings = new HashMap<>();
  private final List<Wish> wishes = new ArrayList<>();
  private final Map<String, Integer> looksInVain = new HashMap<>();
  private final Map<String, @Nullable Duration> events = new HashMap<>();
  private boolean isLiveAlready;

  /** What the analysis of a canary finds. */
  record Finding(Verdict verdict, String detail) {}

  /** How many attempts fail, and what they say. */
  record Failures(int attempts, String message) {}

  void vote(Vote vote) {
    votes.add(vote);
  }

  void forgetVotes() {
    votes.clear();
  }

  List<Vote> votes() {
    return votes;
  }

  void decidingTakes(Duration each) {
    deciding = each;
  }

  Duration deciding() {
    return deciding;
  }

  void failures(String stage, int attempts, String message) {
    failures.put(stage, new Failures(attempts, message));
  }

  Optional<Failures> failures(String stage) {
    return Optional.ofNullable(failures.get(stage));
  }

  void result(String stage, String json) {
    results.put(stage, json);
  }

  boolean hasResult(String stage) {
    return results.containsKey(stage);
  }

  /** As it was scripted for the stage of this name; null in JSON where nothing was. */
  String scripted(String stage) {
    return results.getOrDefault(stage, "null");
  }

  /** As it was scripted; a choice answers the first that it may. */
  String result(StageSpec stage) {
    String scripted = results.get(stage.name());
    if (scripted != null) {
      return scripted;
    }
    FlowSpec.Choice choice = stage.flow() == null ? null : stage.flow().choice();
    if (choice == null) {
      return "null";
    }
    return Json.write(choice.answers().isEmpty() ? "" : choice.answers().get(0));
  }

  /** What a stage was said to give. */
  Optional<String> saidResult(String stage) {
    return Optional.ofNullable(results.get(stage));
  }

  void itemFails(String stage, int index, String message) {
    itemFailures.put(stage + "/" + index, message);
  }

  Optional<String> itemFailure(String stage, int index) {
    return Optional.ofNullable(itemFailures.get(stage + "/" + index));
  }

  void figure(Metric metric, double figure) {
    figures.put(metric, figure);
  }

  Map<Metric, Double> figures() {
    return figures;
  }

  void liveAlready() {
    isLiveAlready = true;
  }

  boolean isLiveAlready() {
    return isLiveAlready;
  }

  void finding(String stage, int weight, Finding finding) {
    findings.put(stage + "/" + weight, finding);
  }

  Finding finding(String stage, int weight) {
    return findings.getOrDefault(
        stage + "/" + weight, new Finding(Verdict.SUCCESS, "All is well."));
  }

  void wish(Wish wish) {
    wishes.add(wish);
  }

  List<Wish> wishes() {
    return wishes;
  }

  void looksInVain(String stage, int looks) {
    looksInVain.put(stage, looks);
  }

  /** How many looks of a sensor find nothing. */
  int looksInVain(String stage) {
    return looksInVain.getOrDefault(stage, 0);
  }

  void eventAfter(String stage, @Nullable Duration time) {
    events.put(stage, time);
  }

  /** How long after a stage begins to wait its event comes; null for never. */
  @Nullable Duration eventAfter(String stage) {
    return events.containsKey(stage) ? events.get(stage) : Duration.ZERO;
  }

  /** Those that come while a stage waits. */
  List<Duration> eventsToCome() {
    return events.values().stream().filter(time -> time != null && !time.isZero()).toList();
  }

  void refuseTraffic(String reason) {
    refusal = reason;
  }

  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  void cancelAfter(Duration time) {
    untilCancelled = time;
  }

  Optional<Duration> untilCancelled() {
    return Optional.ofNullable(untilCancelled);
  }
}
