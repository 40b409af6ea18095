package dev.airlock.monitoring;

import java.util.Map;

/** Says how well a version has answered in a window. */
final class ServiceReader {

  private ServiceReader() {}

  /** What is kept of it. */
  record Detail(long requests, long errors) {}

  /** Reads a window; fewer than {@link Traffic#FEWEST} requests are insufficient. */
  static Reading read(Traffic traffic) {
    Detail detail = new Detail(traffic.requests(), traffic.errors());
    if (traffic.requests() == 0) {
      return new Reading(false, 0, Map.of(), detail);
    }
    return new Reading(
        traffic.requests() >= Traffic.FEWEST,
        traffic.requests(),
        Map.of("error_rate", traffic.errorRate(), "p99_millis", traffic.p99Millis()),
        detail);
  }
}
