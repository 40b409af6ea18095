package dev.airlock.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/**
 * Where things came from and what they went into. Read only; a statement a step away from the run,
 * and a handful for the rows, however many runs there are.
 */
public interface Lineages extends SqlObject {
  /** How many runs are looked at. */
  int MOST_RUNS = 30;

  /** How many steps are followed in each direction. */
  int MOST_STEPS = 4;

  private static String handedOn(String maker, String taker) {
    return """
    select r.parent as maker, r.id as taker, 'resumed' as how, '' as stage,
           null::text as dataset, null::bigint as snapshot_id
    from run r where r.parent is not null and r.parent %1$s and r.id %2$s
    union all
    select r.called_by, r.id, 'asked-for', r.called_by_stage, null, null
    from run r where r.called_by is not null and r.called_by %1$s and r.id %2$s
    union all
    select u.made_by, u.run_id, 'reused', u.stage,
           u.output ->> 'dataset', (u.output ->> 'snapshotId')::bigint
    from stage_reuse u where u.made_by is not null and u.made_by %1$s and u.run_id %2$s
    union all
    select v.run_id, w.run_id, 'waited-for', w.stage, v.dataset, v.snapshot_id
    from event_wait w join dataset_version v on v.id = w.dataset_version_id
    where w.dataset_version_id is not null and v.run_id %1$s and w.run_id %2$s
    """
        .formatted(maker, taker);
  }

  private static String upwards() {
    return handedOn("is not null", "= any(:ids)")
        + """
        union all
        select (d ->> 'run')::bigint, r.id, 'started', '', d ->> 'dataset',
               (d ->> 'snapshotId')::bigint
        from run r cross join lateral jsonb_array_elements(r.trigger_detail -> 'versions') d
        where r.id = any(:ids) and r.trigger_detail ->> 'kind' = 'dataset'
        """;
  }

  private static String downwards() {
    return handedOn("= any(:ids)", "is not null")
        + """
        union all
        select v.run_id, r.id, 'started', '', v.dataset, v.snapshot_id
        from dataset_version v join run r
          on r.trigger_detail @> jsonb_build_object('kind', 'dataset', 'versions',
               jsonb_build_array(jsonb_build_object('dataset', v.dataset, 'snapshotId',
                                                    v.snapshot_id, 'run', v.run_id)))
        where v.run_id = any(:ids)
        """;
  }

  /** What there is around a run; empty lists where there is no such run. */
  @Transaction
  default Lineage around(long run) {
    Handle handle = getHandle();
    Set<Lineage.HandedOn> found = new LinkedHashSet<>();
    Set<Long> runs = new TreeSet<>(List.of(run));
    boolean isCut = follow(handle, upwards(), run, true, runs, found);
    isCut |= follow(handle, downwards(), run, false, runs, found);
    return read(handle, runs, found, isCut);
  }

  private static boolean follow(
      Handle handle,
      String sql,
      long start,
      boolean isUpwards,
      Set<Long> runs,
      Set<Lineage.HandedOn> found) {
    Set<Long> front = Set.of(start);
    Set<Long> seen = new HashSet<>(front);
    int room = runs.size() + MOST_RUNS;
    for (int step = 0; step < MOST_STEPS && !front.isEmpty(); step++) {
      Set<Long> next = new TreeSet<>();
      for (Lineage.HandedOn handed : handedOn(handle, sql, front)) {
        long other = isUpwards ? handed.maker() : handed.taker();
        if (!runs.contains(other) && runs.size() >= room) {
          return true;
        }
        runs.add(other);
        found.add(handed);
        if (seen.add(other)) {
          next.add(other);
        }
      }
      front = next;
    }
    return !front.isEmpty();
  }

  private static List<Lineage.HandedOn> handedOn(Handle handle, String sql, Collection<Long> ids) {
    return handle
        .createQuery(
            "select distinct * from (" + sql + ") as handed order by maker, taker limit :limit")
        .bindArray("ids", Long.class, ids)
        .bind("limit", MOST_RUNS * 10)
        .registerRowMapper(ConstructorMapper.factory(Lineage.HandedOn.class))
        .mapTo(Lineage.HandedOn.class)
        .list();
  }

  private static Lineage read(
      Handle handle, Set<Long> ids, Set<Lineage.HandedOn> handedOn, boolean isCut) {
    List<Run> runs =
        of(handle, "select * from run where id = any(:ids) order by id", Run.class, ids);
    List<PipelineVersion> versions =
        handle
            .createQuery(
                """
                select * from pipeline_version
                where (pipeline, version) in (select * from unnest(:pipelines, :versions))
                """)
            .bindArray("pipelines", String.class, runs.stream().map(Run::pipeline).toList())
            .bindArray("versions", Integer.class, runs.stream().map(Run::version).toList())
            .registerRowMapper(ConstructorMapper.factory(PipelineVersion.class))
            .mapTo(PipelineVersion.class)
            .list();
    List<ModelVersion> models =
        of(
            handle,
            "select * from model_version where run_id = any(:ids) order by model, version",
            ModelVersion.class,
            ids);
    return new Lineage(
        runs,
        new ArrayList<>(handedOn),
        of(
            handle,
            "select * from dataset_version where run_id = any(:ids) order by id",
            DatasetRow.class,
            ids),
        models,
        of(
            handle,
            """
            select run_id, name as stage, kind, output from stage
            where run_id = any(:ids) and output is not null order by run_id, position
            """,
            Lineage.Given.class,
            ids),
        versions,
        live(handle, models),
        isCut);
  }

  private static Set<String> live(Handle handle, List<ModelVersion> models) {
    return handle
        .createQuery("select model || ' v' || version from routing where model = any(:models)")
        .bindArray("models", String.class, models.stream().map(ModelVersion::model).toList())
        .mapTo(String.class)
        .collect(Collectors.toSet());
  }

  private static <T> List<T> of(Handle handle, String sql, Class<T> type, Collection<Long> ids) {
    return handle
        .createQuery(sql)
        .bindArray("ids", Long.class, ids)
        .registerRowMapper(ConstructorMapper.factory(type))
        .mapTo(type)
        .list();
  }
}
