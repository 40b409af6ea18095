package dev.airlock.monitoring;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that rules go by.
 *
 * @param rules of the monitor, in order
 * @param params of the run that has put the monitor in place
 * @param version the one that is live
 * @param asOf the check's moment: nothing after it exists
 * @param horizon from a prediction to its outcome
 * @param ageDays from the newest moment that the version was judged on
 * @param windows of every version and every aspect
 * @param states what the rules remember, of every version
 * @param open the causes of open alerts
 * @param isRetraining whether a run that an open alert of the model has asked for is under way
 * @param lastRetrain by the logical clock, of any monitor of the model; null where there was none
 */
record RuleFacts(
    long monitorId,
    List<RuleSpec> rules,
    Map<String, String> params,
    int version,
    Instant asOf,
    Duration horizon,
    long ageDays,
    List<MonitorWindow> windows,
    List<Monitors.RuleState> states,
    Set<String> open,
    boolean isRetraining,
    @Nullable Instant lastRetrain) {

  RuleFacts {
    rules = List.copyOf(rules);
    params = new TreeMap<>(params);
    windows = List.copyOf(windows);
    states = List.copyOf(states);
    open = Set.copyOf(open);
  }

  /** When an aspect of a window that closes then can be known. */
  Instant known(Aspect aspect, Instant closes) {
    return aspect == Aspect.PERFORMANCE ? closes.plus(horizon) : closes;
  }

  /** No two open alerts have the same. */
  String cause(int rule) {
    return "monitor/" + monitorId + "/rule/" + rule;
  }

  /** What a rule, counted from 0, remembers of the live version. */
  Monitors.RuleState state(int rule) {
    return states.stream()
        .filter(state -> state.rule() == rule && state.version() == version)
        .findFirst()
        .orElse(new Monitors.RuleState(rule, version, 0, null, null));
  }
}
