package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.MonitorWindow;
import dev.airlock.workflows.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * How far one feature, or the score, has moved in one window.
 *
 * @param noise the PSI below which nothing can be told from no movement
 */
record Shift(
    double psi,
    int bins,
    double epsilon,
    double ks,
    double jensenShannon,
    long rows,
    double noise) {
  static final double WATCH = 0.1;
  static final double LARGE = 0.2;

  /** A feature with its movement. */
  record Named(String feature, Shift shift) {}

  /** The features of a drift window, in the order of the model. */
  static List<Named> features(MonitorWindow window) {
    List<Named> named = new ArrayList<>();
    Json.read(window.detail(), JsonNode.class)
        .path("features")
        .properties()
        .forEach(field -> named.add(new Named(field.getKey(), of(field.getValue()))));
    return named;
  }

  static Shift of(JsonNode json) {
    return new Shift(
        json.path("psi").asDouble(Double.NaN),
        json.path("bins").asInt(),
        json.path("epsilon").asDouble(),
        json.path("ks").asDouble(Double.NaN),
        json.path("jensenShannon").asDouble(Double.NaN),
        json.path("rows").asLong(),
        json.path("noise").asDouble());
  }

  boolean isNoise() {
    return !(psi > noise);
  }

  /** By the figure's name. */
  double figure(String name) {
    return switch (name) {
      case "ks" -> ks;
      case "jensen_shannon" -> jensenShannon;
      default -> psi;
    };
  }

  /** noise, stable, watch or large: the common reading, where it exceeds its noise. */
  String reading() {
    if (!Double.isFinite(psi)) {
      return "none";
    }
    if (psi < WATCH) {
      return isNoise() ? "noise" : "stable";
    }
    if (isNoise()) {
      return "noise";
    }
    return psi <= LARGE ? "watch" : "large";
  }

  /** A sign that can be told from the others without colour. */
  String sign() {
    return switch (reading()) {
      case "large" -> "▲";
      case "watch" -> "△";
      case "stable" -> "●";
      case "noise" -> "~";
      default -> "–";
    };
  }
}
