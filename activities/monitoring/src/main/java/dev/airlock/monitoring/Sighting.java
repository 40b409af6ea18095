package dev.airlock.monitoring;

import java.time.Instant;
import java.util.Map;

/**
 * One figure of one window, as a rule sees it.
 *
 * @param at the window's opening; of a check's own figure the check's moment
 * @param breaches beyond the condition's bound, and more than chance would show
 * @param recovers beyond the rule's recovery bound on the good side
 * @param words the figure and where it was seen
 * @param figures everything that the window shows
 */
record Sighting(
    Instant at, boolean breaches, boolean recovers, String words, Map<String, Double> figures) {

  Sighting {
    figures = Map.copyOf(figures);
  }
}
