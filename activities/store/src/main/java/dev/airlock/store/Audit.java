package dev.airlock.store;

import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Every change that somebody has made: append-only, each row chained to the one before. */
@RegisterConstructorMapper(AuditRow.class)
@RegisterConstructorMapper(AuditHead.class)
public interface Audit extends SqlObject {

  /**
   * Records a change in the transaction that makes it: both are kept, or neither. The row takes its
   * place in the chain when the transaction commits, so this may be called anywhere in it.
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

  /**
   * Rows, newest first.
   *
   * @param entity only those about this kind of thing, or null
   * @param entityId only those about this one, or null
   * @param actor only those of this person, or null
   * @param action only those of this word, or null
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<AuditRow> list(
      @Nullable String entity,
      @Nullable String entityId,
      @Nullable String actor,
      @Nullable String action,
      int limit,
      @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        listBefore(entity, entityId, actor, action, Page.before(cursor), bounded + 1),
        bounded,
        AuditRow::sequence);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from audit_event
      where sequence < :before
        and (:entity::text is null or entity = :entity)
        and (:entityId::text is null or entity_id = :entityId)
        and (:actor::text is null or actor = :actor)
        and (:action::text is null or action = :action)
      order by sequence desc limit :limit
      """)
  List<AuditRow> listBefore(
      @Nullable String entity,
      @Nullable String entityId,
      @Nullable String actor,
      @Nullable String action,
      long before,
      int limit);

  /** At most so many rows after a place, up to another, oldest first. */
  @SqlQuery(
      """
      select * from audit_event where sequence > :after and sequence <= :upTo
      order by sequence limit :limit
      """)
  List<AuditRow> span(long after, long upTo, int limit);

  /** Where the database says that the chain ends. */
  @SqlQuery("select sequence, hash from audit_head")
  AuditHead head();

  /** Tells each row after a place, oldest first, as they were at one moment, a part at a time. */
  default AuditHead rowsAfter(long sequence, Consumer<AuditRow> reader) {
    return getHandle()
        .inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ,
            handle -> {
              AuditHead head = handle.attach(Audit.class).head();
              handle
                  .createQuery(
                      "select * from audit_event where sequence > :after order by sequence")
                  .bind("after", sequence)
                  .setFetchSize(1_000)
                  .map(ConstructorMapper.of(AuditRow.class))
                  .forEach(reader);
              return head;
            });
  }

  /**
   * Reads the whole chain.
   *
   * @param signed heads that were signed before, outside the database
   */
  default AuditVerdict verify(List<AuditHead> signed) {
    AuditChain chain = AuditChain.fromTheBeginning();
    signed.forEach(chain::through);
    return chain.end(rowsAfter(0, chain::add));
  }
}
