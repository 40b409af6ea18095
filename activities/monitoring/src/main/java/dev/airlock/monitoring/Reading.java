package dev.airlock.monitoring;

import java.util.Map;

/**
 * What one aspect of one window shows.
 *
 * @param sufficient false where the data is insufficient
 * @param figures by the lower-case names of metrics and signals
 * @param detail is written as JSON
 */
record Reading(boolean sufficient, long rows, Map<String, Double> figures, Object detail) {

  Reading {
    figures = Map.copyOf(figures);
  }
}
