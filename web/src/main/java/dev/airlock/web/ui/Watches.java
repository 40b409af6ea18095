package dev.airlock.web.ui;

import dev.airlock.store.Alert;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.store.Store;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the monitors of live versions have found, read by as many statements for one as for twenty.
 * It rests on the newest windows alone, so lines leave out since when: a model's own page says it.
 */
final class Watches {
  private static final int MOST_ALERTS = 100;

  private final Map<String, LiveRoute> live;
  private final Map<String, List<Monitor>> monitors;
  private final Map<Long, List<MonitorWindow>> windows;
  private final Map<Long, List<Monitors.Memory>> memories;
  private final Map<String, List<Alert>> alerts;

  private Watches(Store store, Collection<String> models, Collection<LiveRoute> live) {
    this.live = live.stream().collect(Collectors.toMap(LiveRoute::model, Function.identity()));
    monitors =
        store.monitors().ofModels(models).stream().collect(Collectors.groupingBy(Monitor::model));
    windows =
        store.monitors().newest(live).stream()
            .sorted(Comparator.comparing(MonitorWindow::opens))
            .collect(Collectors.groupingBy(MonitorWindow::monitorId));
    memories =
        store.monitors().memories(models).stream()
            .collect(Collectors.groupingBy(Monitors.Memory::monitorId));
    alerts =
        store.alerts().openOf(models, MOST_ALERTS).stream()
            .collect(Collectors.groupingBy(alert -> Objects.requireNonNull(alert.model())));
  }

  /** Of these live versions. */
  static Watches of(Store store, Collection<LiveRoute> live) {
    return new Watches(store, live.stream().map(LiveRoute::model).toList(), live);
  }

  /** Of these models, of which some may have no live version. */
  static Watches of(Store store, Collection<String> models, Collection<LiveRoute> live) {
    return new Watches(store, models, live);
  }

  /** How a model does: by the monitor that has found the worst. */
  Health of(String model) {
    return monitors.getOrDefault(model, List.of()).stream()
        .flatMap(monitor -> by(monitor).stream())
        .max(Comparator.comparingInt(Health::rank))
        .orElse(Health.UNWATCHED);
  }

  /** How a model does by one monitor; empty where no version of it is live. */
  Optional<Health> by(Monitor monitor) {
    return Optional.ofNullable(live.get(monitor.model()))
        .map(
            route ->
                Health.of(
                    monitor,
                    windows.getOrDefault(monitor.id(), List.of()),
                    memories.getOrDefault(monitor.id(), List.of()).stream()
                        .flatMap(memory -> state(memory, route.version()).stream())
                        .toList(),
                    alerts(monitor.model())));
  }

  /** The model's alerts that nobody has closed. */
  List<Alert> alerts(String model) {
    return alerts.getOrDefault(model, List.of());
  }

  private static Optional<Monitors.RuleState> state(Monitors.Memory memory, int version) {
    Integer rule = memory.rule();
    Integer streak = memory.streak();
    return rule == null || streak == null || !Objects.equals(memory.version(), version)
        ? Optional.empty()
        : Optional.of(
            new Monitors.RuleState(rule, version, streak, memory.lastWindow(), memory.firedAsOf()));
  }
}
