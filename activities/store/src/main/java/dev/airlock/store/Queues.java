package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/** Named queues: which workers take them, and which stages are for them. */
public interface Queues extends SqlObject {

  /**
   * Says that a worker takes these queues, now. Forgets workers that have been silent for {@link
   * Vaults#SILENCE}.
   */
  @Transaction
  default void tell(String worker, Collection<String> queues) {
    getHandle()
        .createUpdate("delete from worker_queue where seen_at < now() - :silence")
        .bind("silence", Vaults.SILENCE)
        .execute();
    if (queues.isEmpty()) {
      return;
    }
    try (PreparedBatch batch =
        getHandle()
            .prepareBatch(
                """
                insert into worker_queue (worker, queue) values (:worker, :queue)
                on conflict (worker, queue) do update set seen_at = now()
                """)) {
      // In one order, so that workers of one name don't wait for each other in a circle.
      new TreeSet<>(queues)
          .forEach(queue -> batch.bind("worker", worker).bind("queue", queue).add());
      batch.execute();
    }
  }

  /** Those that any worker takes that is there. */
  @SqlQuery(
      """
      select distinct queue from worker_queue where seen_at > now() - interval '2 minutes'
      """)
  Set<String> taken();

  /** Why stages could not be carried out as things are; one sentence for each. */
  default List<String> faults(Collection<StageSpec> stages) {
    if (stages.stream().allMatch(stage -> stage.queue() == null)) {
      return List.of();
    }
    Set<String> taken = taken();
    List<String> faults = new ArrayList<>();
    for (StageSpec stage : stages) {
      String queue = stage.queue();
      if (queue != null && !taken.contains(queue)) {
        faults.add(
            "The stage '%s' is for the queue '%s', which no worker takes. Start one with AIRLOCK_QUEUES=%s, or take onQueue away."
                .formatted(stage.name(), queue, queue));
      }
    }
    return faults;
  }

  /** Every queue that a worker takes or a stage of a published pipeline is for, by name. */
  @Transaction
  default List<QueueName> names() {
    Map<String, Set<String>> users = new TreeMap<>();
    Set<String> taken = taken();
    taken.forEach(queue -> users.put(queue, new TreeSet<>()));
    for (PipelineVersion version : getHandle().attach(Vaults.class).newestVersions()) {
      Graph graph = version.graph();
      for (StageSpec stage : graph.stages()) {
        if (stage.queue() != null) {
          users
              .computeIfAbsent(stage.queue(), queue -> new TreeSet<>())
              .add(graph.name() + "/" + stage.name());
        }
      }
    }
    return users.entrySet().stream()
        .map(
            entry ->
                new QueueName(
                    entry.getKey(), taken.contains(entry.getKey()), List.copyOf(entry.getValue())))
        .toList();
  }
}
