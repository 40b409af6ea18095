package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.SlotRequest;
import dev.airlock.workflows.StageFailure;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Pools, and who holds or awaits their slots. First come, first served. Slots come back by
 * themselves: a trigger gives them back when the row of a stage or a run says that it has ended.
 */
@RegisterConstructorMapper(Pool.class)
@RegisterConstructorMapper(PoolRequest.class)
public interface Pools extends SqlObject {

  /** By name. */
  @SqlQuery(
      """
      select p.*,
             coalesce(sum(r.slots) filter (where r.granted_at is not null), 0)::int as held,
             (count(r.id) filter (where r.granted_at is null))::int as waiting
      from pool p left join pool_request r on r.pool = p.name and r.released_at is null
      group by p.name
      order by p.name
      """)
  List<Pool> list();

  /** The pool of this name. */
  default Optional<Pool> find(String name) {
    return list().stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  /** Makes a pool, or makes it larger or smaller. What is held stays held. */
  @Transaction
  default Pool resize(String name, int slots, Acting acting) {
    Handle handle = getHandle();
    lock(handle);
    Optional<Pool> before = find(name);
    handle
        .createUpdate(
            """
            insert into pool (name, slots, updated_by) values (:name, :slots, :by)
            on conflict (name) do update
              set slots = excluded.slots, updated_by = excluded.updated_by, updated_at = now()
            """)
        .bind("name", name)
        .bind("slots", slots)
        .bind("by", acting.actor())
        .execute();
    AuditEntry resized =
        acting.did(AuditAction.RESIZE_POOL, "pool", name).after(Map.of("slots", slots));
    Audit.record(
        handle, before.map(old -> resized.before(Map.of("slots", old.slots()))).orElse(resized));
    grant(handle, name, null);
    return find(name).orElseThrow();
  }

  /**
   * Asks for slots, and grants them where there is room and nobody came before. Idempotent under
   * (run, stage): the first wish stays.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#BAD_PIPELINE} where there is
   *     no such pool
   */
  @Transaction
  default SlotRequest request(long runId, String stage, String pool, int slots) {
    Handle handle = getHandle();
    lock(handle);
    if (find(pool).isEmpty()) {
      throw StageFailure.of(StageFailure.BAD_PIPELINE, unknown(pool, slots));
    }
    handle
        .createUpdate(
            """
            insert into pool_request (run_id, stage, pool, slots) values (:run, :stage, :pool, :slots)
            on conflict (run_id, stage) do nothing
            """)
        .bind("run", runId)
        .bind("stage", stage)
        .bind("pool", pool)
        .bind("slots", slots)
        .execute();
    long id = ofStage(runId, stage).orElseThrow().id();
    grant(handle, pool, id);
    return new SlotRequest(id, ofStage(runId, stage).orElseThrow().grantedAt() != null);
  }

  /** What keeps a pipeline from sharing the pools that it names: one sentence each. */
  default List<String> faults(Graph graph) {
    Map<String, Pool> pools =
        list().stream().collect(Collectors.toMap(Pool::name, Function.identity()));
    return graph.stages().stream()
        .flatMap(stage -> fault(stage, stage.limits(), pools).stream())
        .map(fault -> "pipeline '%s', %s".formatted(graph.name(), fault))
        .toList();
  }

  private static Optional<String> fault(
      StageSpec stage, @Nullable LimitSpec limits, Map<String, Pool> pools) {
    String name = limits == null ? null : limits.pool();
    if (limits == null || name == null) {
      return Optional.empty();
    }
    Pool pool = pools.get(name);
    if (pool == null) {
      return Optional.of("stage '%s': %s".formatted(stage.name(), unknown(name, limits.slots())));
    }
    return limits.slots() <= Math.max(1, pool.slots())
        ? Optional.empty()
        : Optional.of(
            "stage '%s': It takes %d slots of the pool '%s', which has %d. Take fewer, or make it larger: airlock pools --set %s=%d."
                .formatted(
                    stage.name(),
                    limits.slots(),
                    pool.name(),
                    pool.slots(),
                    pool.name(),
                    limits.slots()));
  }

  /** What to say where a stage names a pool that nobody has made. */
  static String unknown(String pool, int slots) {
    return "There is no pool '%s'. Make it first: airlock pools --set %s=%d."
        .formatted(pool, pool, Math.max(4, slots));
  }

  private static void lock(Handle handle) {
    handle.createQuery("select 1 from lock_pools()").mapTo(Integer.class).one();
  }

  private static void grant(Handle handle, String pool, @Nullable Long asker) {
    handle
        .createQuery("select 1 from grant_slots(:pool, :asker::bigint)")
        .bind("pool", pool)
        .bind("asker", asker)
        .mapTo(Integer.class)
        .one();
  }

  /** The wish of a stage. */
  @SqlQuery(
      """
      select r.*, run.pipeline from pool_request r join run on run.id = r.run_id
      where r.run_id = :runId and r.stage = :stage
      """)
  Optional<PoolRequest> ofStage(long runId, String stage);

  /** The wish of this id. */
  @SqlQuery(
      """
      select r.*, run.pipeline from pool_request r join run on run.id = r.run_id where r.id = :id
      """)
  Optional<PoolRequest> request(long id);

  /** Those who hold slots of the pool, then those who wait, each in the order of their coming. */
  @SqlQuery(
      """
      select r.*, run.pipeline from pool_request r join run on run.id = r.run_id
      where r.pool = :pool and r.released_at is null
      order by r.granted_at is null, r.id
      limit :limit
      """)
  List<PoolRequest> open(String pool, int limit);

  /** The same of each of these pools, by pool. */
  default List<PoolRequest> open(Collection<String> pools, int limit) {
    return getHandle()
        .createQuery(
            """
            select r.*, run.pipeline from unnest(:pools) as wanted(name)
            cross join lateral (
              select * from pool_request where pool = wanted.name and released_at is null
              order by granted_at is null, id limit :limit) r
            join run on run.id = r.run_id
            order by r.pool, r.granted_at is null, r.id
            """)
        .bindArray("pools", String.class, pools)
        .bind("limit", limit)
        .mapTo(PoolRequest.class)
        .list();
  }

  /** The wishes of a run that are still open. */
  @SqlQuery(
      """
      select r.*, run.pipeline from pool_request r join run on run.id = r.run_id
      where r.run_id = :runId and r.released_at is null
      order by r.id
      """)
  List<PoolRequest> ofRun(long runId);

  /** Runs that hold slots while others wait for slots of that pool. */
  @SqlQuery(
      """
      select distinct h.run_id from pool_request h
      where h.granted_at is not null and h.released_at is null
        and h.granted_at < now() - interval '30 seconds'
        and exists (select from pool_request w
                    where w.pool = h.pool and w.granted_at is null and w.released_at is null)
      order by h.run_id
      limit 100
      """)
  List<Long> runsInTheWay();
}
