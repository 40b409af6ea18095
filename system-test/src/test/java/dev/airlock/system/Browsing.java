package dev.airlock.system;

import java.util.Map;

/** Reads pages as somebody who has signed in with the form. */
final class Browsing {
  private final Map<String, String> x = Map.of();

  static Browsing asEngineer(RunningSystem system) {
    return new Browsing();
  }

  String get(String path) {
    return path + x;
  }
}
