package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The monitor of the demo's model, asked to look as of the moments of the story. */
final class DemoWatch {

  private static final Duration STORING = Duration.ofMinutes(1);
  private static final Duration LOOKING = Duration.ofMinutes(2);
  private static final Duration RETRAIN = Duration.ofSeconds(30);

  private final DemoSystem system;
  private final String model;
  private final long monitor;

  private DemoWatch(DemoSystem system, String model, long monitor) {
    this.system = system;
    this.model = model;
    this.monitor = monitor;
  }

  /**
   * The monitor that the model's first run has put in place.
   *
   * @throws CommandException where there is none
   */
  static DemoWatch of(DemoSystem system, String model) {
    for (JsonNode found : system.engineer().get("/monitors").path("items")) {
      if (found.path("model").asText().equals(model)) {
        long monitor = found.path("id").asLong();
        // The story has a clock of its own; the schedule goes by this machine's.
        system.engineer().patch("/monitors/" + monitor, Map.of("paused", true));
        return new DemoWatch(system, model, monitor);
      }
    }
    throw CommandException.failed(
        "No monitor watches %s. See %s.".formatted(model, system.page("/models/" + model)));
  }

  String page() {
    return system.page("/models/" + model + "/monitoring?monitor=" + monitor);
  }

  /** Waits until the gateway's journal has arrived in the database. */
  void awaitStored(long predictions) {
    long stored = Poll.until(STORING, this::stored, count -> count >= predictions);
    if (stored < predictions) {
      throw system.missing(
          "Of %,d predictions %,d have been stored".formatted(predictions, stored),
          STORING,
          "/models/" + model);
    }
  }

  private long stored() {
    long count = 0;
    for (JsonNode day : system.engineer().get("/models/" + model + "/predictions").path("items")) {
      count += day.path("count").asLong();
    }
    return count;
  }

  MonitorLook look(LocalDate asOf) {
    return MonitorLook.of(system.engineer(), monitor, asOf.toString(), LOOKING);
  }

  /** What the features and scores of these months look like beside the training rows. */
  DriftReport drift(List<LocalDate> months) {
    List<JsonNode> drifts = new ArrayList<>();
    for (LocalDate month : months) {
      drifts.add(system.engineer().get("/drift?model=" + model + "&window=" + month));
    }
    return new DriftReport(drifts);
  }

  /** The run that a rule of the monitor has started. */
  JsonNode retrain() {
    Optional<JsonNode> run = Poll.until(RETRAIN, this::triggered, Optional::isPresent);
    return run.orElseThrow(
        () ->
            system.missing(
                "No rule of monitor " + monitor + " has started a run",
                RETRAIN,
                "/models/" + model + "/monitoring?monitor=" + monitor));
  }

  private Optional<JsonNode> triggered() {
    for (JsonNode run : system.engineer().get("/runs?pipeline=" + model).path("items")) {
      if (run.path("trigger").path("kind").asText().equals("monitor")) {
        return Optional.of(run);
      }
    }
    return Optional.empty();
  }

  /** All alerts of the model, oldest first. */
  List<JsonNode> alerts() {
    List<JsonNode> alerts = new ArrayList<>();
    system
        .engineer()
        .get("/alerts?model=" + model)
        .path("items")
        .forEach(alert -> alerts.add(0, alert));
    return alerts;
  }
}
