package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.NeededName;
import dev.airlock.dsl.graph.StageSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/** Secrets and connections by name: which workers have them, and which stages need them. */
@RegisterConstructorMapper(VaultEntry.class)
@RegisterConstructorMapper(PipelineVersion.class)
public interface Vaults extends SqlObject {

  /** A worker that has not told of its names for so long is gone. */
  Duration SILENCE = Duration.ofMinutes(2);

  /** What a worker has, in place of what it had. Forgets workers that are gone. */
  @Transaction
  default void tell(String worker, List<VaultEntry> entries) {
    Handle handle = getHandle();
    handle
        .createUpdate(
            "delete from vault_entry where worker = :worker or seen_at < now() - :silence")
        .bind("worker", worker)
        .bind("silence", SILENCE)
        .execute();
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedBatch batch =
        handle.prepareBatch(
            """
            insert into vault_entry (worker, kind, name, source, fault)
            values (:worker, :kind, :name, :source, :fault)
            """)) {
      entries.forEach(entry -> batch.bindMethods(entry).bind("worker", worker).add());
      batch.execute();
    }
  }

  /** What any worker has that is there. */
  @SqlQuery(
      """
      select distinct kind, name, source, fault from vault_entry
      where seen_at > now() - interval '2 minutes'
      order by kind, name, source
      """)
  List<VaultEntry> entries();

  /** The newest version of each pipeline that is published. */
  @SqlQuery(
      """
      select distinct on (v.pipeline) v.* from pipeline_version v
      join pipeline p on p.name = v.pipeline
      where p.unpublished_at is null
      order by v.pipeline, v.version desc
      """)
  List<PipelineVersion> newestVersions();

  /**
   * Every name that a worker has or a pipeline needs.
   *
   * @param kind {@code secret} or {@code connection}
   */
  @Transaction
  default List<VaultName> names(String kind) {
    Map<String, Set<String>> sources = new TreeMap<>();
    Map<String, Set<String>> faults = new TreeMap<>();
    Map<String, Set<String>> users = new TreeMap<>();
    for (VaultEntry entry : entries()) {
      if (entry.kind().equals(kind)) {
        sources.computeIfAbsent(entry.name(), name -> new TreeSet<>()).add(entry.source());
        if (entry.fault() != null) {
          faults.computeIfAbsent(entry.name(), name -> new TreeSet<>()).add(entry.fault());
        }
      }
    }
    for (PipelineVersion version : newestVersions()) {
      Graph graph = version.graph();
      for (StageSpec stage : graph.stages()) {
        for (NeededName needed : NeededName.of(stage.work())) {
          if (needed.kind().equals(kind)) {
            users
                .computeIfAbsent(needed.name(), name -> new TreeSet<>())
                .add(graph.name() + "/" + stage.name());
          }
        }
      }
    }
    Set<String> all = new TreeSet<>(sources.keySet());
    all.addAll(users.keySet());
    List<VaultName> names = new ArrayList<>();
    for (String name : all) {
      names.add(
          new VaultName(kind, name, list(sources, name), list(faults, name), list(users, name)));
    }
    return names;
  }

  private static List<String> list(Map<String, Set<String>> sets, String name) {
    return List.copyOf(sets.getOrDefault(name, Set.of()));
  }
}
