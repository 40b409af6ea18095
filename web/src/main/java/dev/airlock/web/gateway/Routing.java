package dev.airlock.web.gateway;

import dev.airlock.store.LiveRoute;
import java.time.Duration;
import java.util.List;

/** What a gateway needs of PostgreSQL to know what is live and to say what it serves. */
public interface Routing {

  /** Every model that has a live version. */
  List<LiveRoute> live();

  /** Says that this gateway serves, and will for {@code term} unless it says so again. */
  void renewLease(String gateway, Duration term);

  /** Says that no request of this gateway is answered by an earlier epoch of the model any more. */
  void acknowledge(String gateway, String model, long epoch);

  /** Says that this gateway serves no longer. */
  void endLease(String gateway);
}
