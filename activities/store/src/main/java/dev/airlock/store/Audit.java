package dev.airlock.store;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;

/** Every change that somebody has made: append-only, each row chained to the one before. */
public interface Audit extends SqlObject {

  /**
   * Records a change in the transaction that makes it: both are kept, or neither. The row takes its
   * place in the chain when the transaction commits, so it may be called anywhere in it.
   */
  static void record(Handle handle, AuditEntry entry) {
    handle
        .createQuery(
            """
            select audit(:actor, :action, :entity, :entityId, :before, :after,
                         :channel, :address, :token, :requestId) is null
            """)
        .bindMethods(entry)
        .bind("channel", entry.origin().channel())
        .bind("address", entry.origin().address())
        .bind("token", entry.origin().token())
        .bind("requestId", entry.origin().requestId())
        .mapTo(Boolean.class)
        .one();
  }

  /** Records what has changed nothing but is to be known, such as a refusal. */
  default void record(AuditEntry entry) {
    useHandle(handle -> record(handle, entry));
  }
}
