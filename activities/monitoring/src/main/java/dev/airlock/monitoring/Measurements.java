package dev.airlock.monitoring;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.store.Labels;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Monitors;
import dev.airlock.store.Service;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures windows of a version that are complete as of a check and were not measured on sufficient
 * data before.
 *
 * <p>Windows without a prediction lie between others, or, where a rule watches the number of
 * predictions, after the newest one. Without a request in it, a window has no service to speak of.
 */
final class Measurements {
  private final Monitors monitors;
  private final Labels labels;
  private final Service service;
  private final Runnable heartbeat;

  Measurements(Monitors monitors, Labels labels, Service service, Runnable heartbeat) {
    this.monitors = monitors;
    this.labels = labels;
    this.service = service;
    this.heartbeat = heartbeat;
  }

  /** Measures all that there is to measure of a version. */
  void of(
      Monitor monitor,
      MonitorCheck check,
      Monitors.Span span,
      Versions.Judged judged,
      boolean isLive) {
    new OfVersion(monitor, check, span.version(), judged, measured(monitor, span.version()))
        .over(windows(monitor, check, span, isLive));
  }

  private Set<String> measured(Monitor monitor, int version) {
    return monitors.windows(monitor.id()).stream()
        .filter(window -> window.version() == version && window.sufficient())
        .map(window -> key(window.aspect(), window.opens()))
        .collect(Collectors.toSet());
  }

  private static String key(String aspect, Instant opens) {
    return aspect + " " + opens;
  }

  private static List<Window> windows(
      Monitor monitor, MonitorCheck check, Monitors.Span span, boolean isLive) {
    Windows calendar = Windows.of(monitor.spec().window());
    Window newest = calendar.lastClosed(check.asOf());
    boolean isSilenceWatched =
        isLive && watchesSilence(monitor) && newest.opens().isAfter(span.last());
    List<Window> windows =
        calendar.over(span.first(), isSilenceWatched ? newest.opens() : span.last());
    // A version that fails each request gives no predictions, and yet must be seen to fail.
    boolean isApart = isLive && newest.opens().isAfter(span.last()) && !isSilenceWatched;
    return Stream.concat(windows.stream(), isApart ? Stream.of(newest) : Stream.empty()).toList();
  }

  private static boolean watchesSilence(Monitor monitor) {
    return monitor.spec().rules().stream()
        .anyMatch(
            rule ->
                rule.condition() instanceof Condition.OfSignal of
                    && of.signal() == Signal.PREDICTIONS);
  }

  /** One version in one check. */
  private final class OfVersion {
    private final Monitor monitor;
    private final MonitorCheck check;
    private final int version;
    private final Versions.Judged judged;
    private final Set<String> measured;

    OfVersion(
        Monitor monitor,
        MonitorCheck check,
        int version,
        Versions.Judged judged,
        Set<String> measured) {
      this.monitor = monitor;
      this.check = check;
      this.version = version;
      this.judged = judged;
      this.measured = measured;
    }

    void over(List<Window> windows) {
      for (Window window : windows) {
        heartbeat.run();
        if (!window.closes().isAfter(check.asOf())) {
          measure(window, Aspect.DRIFT, () -> drift(window));
          measure(window, Aspect.SERVICE, () -> service(window));
        }
        if (!window.closes().plus(judged.horizon()).isAfter(check.asOf())) {
          measure(window, Aspect.PERFORMANCE, () -> performance(window));
        }
      }
    }

    private void measure(Window window, Aspect aspect, Supplier<Reading> reader) {
      if (measured.contains(key(aspect.word(), window.opens()))) {
        return;
      }
      Reading reading = reader.get();
      if (aspect == Aspect.DRIFT || reading.rows() > 0) {
        monitors.keep(row(window, aspect, reading));
      }
    }

    private MonitorWindow row(Window window, Aspect aspect, Reading reading) {
      return new MonitorWindow(
          monitor.id(),
          version,
          window.opens(),
          window.closes(),
          aspect.word(),
          reading.sufficient(),
          reading.rows(),
          reading.figures(),
          Json.write(reading.detail()),
          check.id(),
          Instant.now());
    }

    private Reading drift(Window window) {
      Profile profile = judged.profile();
      InputColumns columns =
          new InputColumns(profile == null ? Set.of() : profile.features().keySet(), heartbeat);
      monitors.readPredictions(monitor.model(), version, window.opens(), window.closes(), columns);
      return DriftReader.read(profile, columns, monitor.spec().minimum());
    }

    private Reading service(Window window) {
      return ServiceReader.read(
          Traffic.of(service.ofEvents(monitor.model(), version, window.opens(), window.closes())));
    }

    private Reading performance(Window window) {
      Labels.Labelled labelled =
          labels.labelled(monitor.model(), version, window.opens(), window.closes(), check.asOf());
      return PerformanceReader.read(labelled, judged.classifies(), monitor.spec().minimum());
    }
  }
}
