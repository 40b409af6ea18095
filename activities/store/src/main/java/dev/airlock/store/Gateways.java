package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Prediction gateways: each holds a lease as long as it serves, and acknowledges the epochs that it
 * has taken up. One that can't reach PostgreSQL keeps answering by the routing that it knows, also
 * after its lease has run out (docs/adr/0015): nobody waits for it, and it reads the routing again
 * as soon as it can.
 */
public interface Gateways extends SqlObject {

  /** Takes the lease or renews it, from now on for so long. */
  @SqlUpdate(
      """
      insert into gateway_lease (gateway, expires_at) values (:gateway, now() + :ttl)
      on conflict (gateway) do update set expires_at = excluded.expires_at
      """)
  void renew(String gateway, Duration ttl);

  /**
   * Says that all of the gateway's traffic for the model goes by this epoch or a later one. A
   * gateway must hold a lease.
   */
  @SqlUpdate(
      """
      insert into gateway_ack (gateway, model, epoch) values (:gateway, :model, :epoch)
      on conflict (gateway, model) do update
        set epoch = greatest(gateway_ack.epoch, excluded.epoch), at = now()
      """)
  void acknowledge(String gateway, String model, long epoch);

  /** Gives the lease back, since the gateway has stopped serving. */
  @SqlUpdate("delete from gateway_lease where gateway = :gateway")
  void leave(String gateway);

  /** Gateways with a live lease that have not acknowledged this epoch of the model. */
  @SqlQuery(
      """
      select l.gateway from gateway_lease l
      left join gateway_ack a on a.gateway = l.gateway and a.model = :model
      where l.expires_at > now() and coalesce(a.epoch, 0) < :epoch
      order by l.gateway
      """)
  List<String> behind(String model, long epoch);

  /** Gateways with a live lease. */
  @SqlQuery("select gateway from gateway_lease where expires_at > now() order by gateway")
  List<String> live();

  /** Forgets leases that ran out long ago. */
  @SqlUpdate("delete from gateway_lease where expires_at < now() - :age")
  int forget(Duration age);
}
