package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Registered models, their versions, and which of them customers meet. Read only. */
@RegisterConstructorMapper(ModelSummary.class)
@RegisterConstructorMapper(ModelVersion.class)
@RegisterConstructorMapper(LiveRoute.class)
@RegisterConstructorMapper(AliasMove.class)
@RegisterConstructorMapper(ModelCommand.class)
public interface Models extends SqlObject {

  /** Every model, by name. */
  @SqlQuery(
      """
      select m.name, m.created_at,
             (select coalesce(max(version), 0) from model_version v where v.model = m.name)
               as latest_version,
             r.version as live_version, r.epoch, r.since as live_since
      from model m left join routing r on r.model = m.name
      order by m.name
      """)
  List<ModelSummary> list();

  /**
   * A part of the models, by name.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<ModelSummary> page(int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.ofNames(listAfter(Page.after(cursor), bounded + 1), bounded, ModelSummary::name);
  }

  /** The rows behind {@link #page}. */
  @SqlQuery(
      """
      select m.name, m.created_at,
             (select coalesce(max(version), 0) from model_version v where v.model = m.name)
               as latest_version,
             r.version as live_version, r.epoch, r.since as live_since
      from model m left join routing r on r.model = m.name
      where m.name > :after
      order by m.name
      limit :limit
      """)
  List<ModelSummary> listAfter(String after, int limit);

  /** One model. */
  @SqlQuery(
      """
      select m.name, m.created_at,
             (select coalesce(max(version), 0) from model_version v where v.model = m.name)
               as latest_version,
             r.version as live_version, r.epoch, r.since as live_since
      from model m left join routing r on r.model = m.name
      where m.name = :name
      """)
  Optional<ModelSummary> find(String name);

  /** The versions that these approvals ask about. */
  default List<ModelVersion> askedAbout(List<Long> approvals) {
    return getHandle()
        .createQuery(
            """
            select v.* from model_version v
            where (v.model, v.version) in (
              select model, version from approval where id = any(:approvals))
            """)
        .bindArray("approvals", Long.class, approvals)
        .mapTo(ModelVersion.class)
        .list();
  }

  /** Newest first. */
  @SqlQuery("select * from model_version where model = :model order by version desc")
  List<ModelVersion> versions(String model);

  /**
   * A part of a model's versions, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<ModelVersion> versions(String model, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        versionsBefore(model, Page.before(cursor), bounded + 1), bounded, ModelVersion::version);
  }

  /** The rows behind {@link #versions(String, int, String)}. */
  @SqlQuery(
      """
      select * from model_version where model = :model and version < :before
      order by version desc limit :limit
      """)
  List<ModelVersion> versionsBefore(String model, long before, int limit);

  /** Of each of these models the live version, or the newest where none is live. */
  default List<ModelVersion> shown(List<String> models) {
    return getHandle()
        .createQuery(
            """
            select v.* from unnest(:models) as wanted(name)
            left join routing r on r.model = wanted.name
            join model_version v on v.model = wanted.name and v.version = coalesce(r.version,
              (select max(version) from model_version where model = wanted.name))
            """)
        .bindArray("models", String.class, models)
        .mapTo(ModelVersion.class)
        .list();
  }

  /** What is live of these models. */
  default List<LiveRoute> live(List<String> models) {
    return getHandle()
        .createQuery("select * from routing where model = any(:models)")
        .bindArray("models", String.class, models)
        .mapTo(LiveRoute.class)
        .list();
  }

  /** The versions that have been live. */
  @SqlQuery("select distinct version from alias_history where model = :model")
  Set<Integer> everLive(String model);

  /** Those of them that may be gone back to: their newest approval was not revoked since. */
  @SqlQuery(
      """
      select version from (
        select distinct version from alias_history where model = :model) as once
      where not exists (select from revocation(:model, version))
      """)
  Set<Integer> waysBack(String model);

  @SqlQuery("select * from model_version where model = :model and version = :version")
  Optional<ModelVersion> version(String model, int version);

  /** The version that a stage of a run has registered. */
  @SqlQuery("select * from model_version where run_id = :runId and stage = :stage")
  Optional<ModelVersion> registered(long runId, String stage);

  /** What is live of one model. */
  @SqlQuery("select * from routing where model = :model")
  Optional<LiveRoute> live(String model);

  /** What is live of every model: all that a gateway needs. */
  @SqlQuery("select * from routing order by model")
  List<LiveRoute> live();

  /**
   * A part of the model's moves of traffic, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<AliasMove> history(String model, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        historyBefore(model, Page.before(cursor), bounded + 1), bounded, AliasMove::epoch);
  }

  /** The rows behind {@link #history(String, int, String)}. */
  @SqlQuery(
      """
      select * from alias_history where model = :model and epoch < :before
      order by epoch desc limit :limit
      """)
  List<AliasMove> historyBefore(String model, long before, int limit);

  /** The model's moves of traffic, newest first. */
  @SqlQuery("select * from alias_history where model = :model order by epoch desc")
  List<AliasMove> history(String model);

  /** The move that a command has made. */
  @SqlQuery("select * from alias_history where command_id = :commandId")
  Optional<AliasMove> moveOf(long commandId);

  /** The move that made live what was live at that moment. */
  @SqlQuery(
      """
      select * from alias_history where model = :model and at <= :at order by epoch desc limit 1
      """)
  Optional<AliasMove> liveAt(String model, Instant at);

  @SqlQuery("select * from model_command where id = :id")
  Optional<ModelCommand> command(long id);

  /** The model's commands, newest first. */
  @SqlQuery("select * from model_command where model = :model order by id desc")
  List<ModelCommand> commands(String model);

  /**
   * Writes down a command to go back and has it carried to the model's workflow, in one
   * transaction.
   *
   * @param toVersion a version that was live before; null for the champion while a rollout is under
   *     way, which ends it, else for the one that was live just before the current one became live
   *     for the first time, and whose approval was not revoked since
   */
  @org.jdbi.v3.sqlobject.transaction.Transaction
  default CommandRequest requestRollback(
      String model, @Nullable Integer toVersion, Acting acting, String reason) {
    CommandRequest request = Rollbacks.request(getHandle(), model, toVersion, acting, reason);
    CommandAudit.refused(getHandle(), model, request, acting, reason);
    return request;
  }
}
