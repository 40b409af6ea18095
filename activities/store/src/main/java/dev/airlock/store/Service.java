package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.SqlObject;

/** What gateways have counted. */
public interface Service extends SqlObject {

  /**
   * Adds samples. Idempotent under (gateway, model, version, second, event day): the first stays.
   */
  void store(List<ServiceSample> samples);

  /** A version's samples from a moment on, by the gateways' clock. */
  List<ServiceSample> since(String model, int version, Instant since);

  /** A version's samples of a span of event time. */
  List<ServiceSample> ofEvents(String model, int version, Instant opens, Instant closes);

  /** Forgets what is older. */
  int forget(Instant before);
}
