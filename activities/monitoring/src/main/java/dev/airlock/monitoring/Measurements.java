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
import java.util.stream.Stream;

/**
 * Measures windows of a version that are complete as of a check and were not measured on sufficient
 * data before.
 *
 * <p>Windows without a prediction lie between others, or, where a rule watches the number of
 * predictions, after the newest one. Without a request in it, a window has no service to speak of.
 * Without a label in it, a mature window is kept as insufficient: nobody can say how good it was.
 */
final class Measurements {
  private final Monitors monitors;
  private final Labels labels;
  private final Service service;

  Measurements(Monitors monitors, Labels labels, Service service) {
    this.monitors = monitors;
    this.labels = labels;
    this.service = service;
  }

  /** Measures all that there is to measure of a version. */
  void of(
      Monitor monitor,
      MonitorCheck check,
      Monitors.Span span,
      Versions.Judged judged,
      boolean isLive) {
    new OfVersion(
            monitor, check, span.version(), judged, monitors.measured(monitor.id(), span.version()))
        .over(windows(monitor, check, span, isLive));
  }

  private static List<Window> windows(
      Monitor monitor, MonitorCheck check, Monitors.Span span, boolean isLive) {
    Windows calendar = Windows.of(monitor.spec().window());
    Window newest = calendar.lastClosed(check.asOf());
    boolean isSilenceWatched =
        isLive && watchesSilence(monitor) && newest.opens().isAfter(span.last());
    List<Window> windows =
        calendar.over(span.first(), isSilenceWatched ? newest.opens() : span.last());
    // Who is not asked at all any more is not healthy either.
    boolean isApart = isLive && newest.opens().isAfter(span.last()) && !isSilenceWatched;
    return Stream.concat(windows.stream(), isApart ? Stream.of(newest) : Stream.empty()).toList();
  }

  /** Whether a rule asks how many predictions there are. */
  static boolean watchesSilence(Monitor monitor) {
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
    private final Set<Monitors.Measured> measured;

    OfVersion(
        Monitor monitor,
        MonitorCheck check,
        int version,
        Versions.Judged judged,
        Set<Monitors.Measured> measured) {
      this.monitor = monitor;
      this.check = check;
      this.version = version;
      this.judged = judged;
      this.measured = measured;
    }

    void over(List<Window> windows) {
      for (Window window : windows) {
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
      if (measured.contains(new Monitors.Measured(aspect.word(), window.opens()))) {
        return;
      }
      Reading reading = reader.get();
      if (aspect != Aspect.SERVICE || reading.rows() > 0) {
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
          new InputColumns(profile == null ? Set.of() : profile.features().keySet());
      monitors.readPredictions(monitor.model(), version, window.opens(), window.closes(), columns);
      return DriftReader.read(profile, columns, monitor.spec().minimum());
    }

    private Reading service(Window window) {
      Traffic.Sum sum = new Traffic.Sum();
      service.readOfEvents(monitor.model(), version, window.opens(), window.closes(), sum);
      return ServiceReader.read(sum.traffic());
    }

    private Reading performance(Window window) {
      Labels.Labelled labelled =
          labels.labelled(monitor.model(), version, window.opens(), window.closes(), check.asOf());
      return PerformanceReader.read(labelled, judged.classifies(), monitor.spec().minimum());
    }
  }
}
