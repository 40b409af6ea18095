package dev.airlock.testing;

import dev.airlock.dsl.graph.Metric;
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
  private final Map<Metric, Double> figures = new EnumMap<>(Metric.class);
  private Duration deciding = Duration.ofHours(1);
  private @Nullable Duration untilCancelled;
  private @Nullable String refusal;

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

  String result(String stage) {
    return results.getOrDefault(stage, "null");
  }

  void figure(Metric metric, double figure) {
    figures.put(metric, figure);
  }

  Map<Metric, Double> figures() {
    return figures;
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
