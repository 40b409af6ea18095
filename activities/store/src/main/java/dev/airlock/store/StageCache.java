package dev.airlock.store;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.CacheAnswer;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Earlier results of stages that may be cached, found by the digest of what they rest on. */
public final class StageCache {

  private final Jdbi jdbi;
  private final ArtifactStore artifacts;

  StageCache(Jdbi jdbi, ArtifactStore artifacts) {
    this.jdbi = jdbi;
    this.artifacts = artifacts;
  }

  /**
   * What a result rests on.
   *
   * @param code of the stage; of its whole jar where it is a task
   * @param inputs digests by the stage that gave them
   * @param params that the stage reads
   * @param day the logical date, as far as the stage can see it: of a task the moment, else the day
   *     (UTC), or empty
   * @param source of an ingest: the SHA-256 of its bytes; else empty
   * @param champion of an evaluation: the live model's artifact; else empty
   */
  record Rests(
      String code,
      SortedMap<String, String> inputs,
      SortedMap<String, String> params,
      String day,
      String source,
      String champion) {
    Rests {
      inputs = new TreeMap<String, String>(inputs);
      params = new TreeMap<String, String>(params);
    }
  }

  private record Earlier(long runId, Rests rests, StageOutput output, Instant at) {}

  /**
   * Looks for an earlier result of the stage, in any run of the pipeline, and writes down what came
   * of it. Idempotent under (run, stage): the first answer stays.
   *
   * @param source of an ingest: the SHA-256 of what it would read, or null where that can't be read
   */
  public CacheAnswer look(StageTask task, @Nullable String source) {
    return jdbi.inTransaction(
        handle -> told(handle, task).orElseGet(() -> look(handle, task, source)));
  }

  private CacheAnswer look(Handle handle, StageTask task, @Nullable String source) {
    CacheAnswer answer;
    if (task.stage().work() instanceof Work.Ingest && source == null) {
      answer = new CacheAnswer(null, null, "its source can't be read");
    } else {
      Rests rests = rests(handle, task, source == null ? "" : source);
      keep(handle, task, rests);
      answer = answer(handle, task, rests);
    }
    tell(handle, task, answer);
    return told(handle, task).orElseThrow();
  }

  private CacheAnswer answer(Handle handle, StageTask task, Rests rests) {
    Optional<Earlier> same = newest(handle, task, key(rests));
    if (same.isEmpty()) {
      return new CacheAnswer(
          null,
          null,
          newest(handle, task, null)
              .map(earlier -> difference(earlier, rests))
              .orElse("no earlier run has a result of it"));
    }
    Earlier earlier = same.get();
    Duration within = Objects.requireNonNull(task.stage().cache()).within();
    if (within != null && earlier.at().isBefore(now(handle).minus(within))) {
      return new CacheAnswer(
          null,
          null,
          "the result of run %d is older than %s".formatted(earlier.runId(), words(within)));
    }
    String objection =
        new KeptResults(handle, artifacts)
            .objection(earlier.output(), task.requestedBy())
            .orElse(null);
    return objection == null
        ? new CacheAnswer(
            earlier.output(),
            earlier.runId(),
            "code, inputs and params are those of run " + earlier.runId())
        : new CacheAnswer(
            null, null, "the result of run %d is gone: %s".formatted(earlier.runId(), objection));
  }

  private static String words(Duration within) {
    return within.toDays() > 0 && within.equals(Duration.ofDays(within.toDays()))
        ? within.toDays() + (within.toDays() == 1 ? " day" : " days")
        : within.toString();
  }

  private static Instant now(Handle handle) {
    return handle.createQuery("select now()").mapTo(Instant.class).one();
  }

  private static Rests rests(Handle handle, StageTask task, String source) {
    StageSpec stage = task.stage();
    SortedMap<String, String> inputs = new TreeMap<>();
    task.inputs().forEach((name, output) -> inputs.put(name, digest(output)));
    SortedMap<String, String> params = new TreeMap<String, String>(task.params());
    params.keySet().retainAll(stage.params());
    boolean isOwn = stage.work() instanceof Work.Task;
    return new Rests(
        digest(isOwn ? List.of(stage.work(), task.codeDigest()) : stage.work()),
        inputs,
        params,
        date(handle, task),
        source,
        stage.work() instanceof Work.Evaluate ? champion(handle, task) : "");
  }

  private static String date(Handle handle, StageTask task) {
    Work work = task.stage().work();
    if (work instanceof Work.Ingest
        || (work instanceof Work.Transform transform && !transform.sql().contains(":as_of"))) {
      return "";
    }
    return work instanceof Work.Task && isNamedMoment(handle, task)
        ? task.logicalDate().toString()
        : task.logicalDate().atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  /** A run by hand that nobody gave a date has the moment of its wish, which no other run has. */
  private static boolean isNamedMoment(Handle handle, StageTask task) {
    return task.logicalDate().equals(task.logicalDate().truncatedTo(ChronoUnit.SECONDS))
        || !handle
            .createQuery("select triggered_by in ('engineer', 'resume') from run where id = :run")
            .bind("run", task.runId())
            .mapTo(Boolean.class)
            .one();
  }

  /** An evaluation holds its candidates against the live model. */
  private static String champion(Handle handle, StageTask task) {
    String model =
        Inputs.run(handle, task).graph().stages().stream()
            .filter(stage -> stage.inputs().contains(task.stage().name()))
            .filter(stage -> stage.work() instanceof Work.Register)
            .map(stage -> ((Work.Register) stage.work()).model())
            .findFirst()
            .orElse(task.pipeline());
    return handle.attach(Models.class).live(model).map(LiveRoute::artifactDigest).orElse("none");
  }

  private static String digest(Object value) {
    return Json.digest(Json.write(value).getBytes(StandardCharsets.UTF_8));
  }

  private static String key(Rests rests) {
    return digest(rests);
  }

  private static void keep(Handle handle, StageTask task, Rests rests) {
    handle
        .createUpdate(
            """
            insert into cache_key (run_id, stage, key, rests)
            values (:run, :stage, :key, :rests::jsonb)
            on conflict (run_id, stage) do nothing
            """)
        .bind("run", task.runId())
        .bind("stage", task.stage().name())
        .bind("key", key(rests))
        .bind("rests", Json.write(rests))
        .execute();
  }

  /** An ingest counts only where it read what was looked at: its source may change in between. */
  private static Optional<Earlier> newest(Handle handle, StageTask task, @Nullable String key) {
    return handle
        .createQuery(
            """
            select k.run_id, k.rests, s.output, s.ended_at
            from cache_key k
            join stage s on s.run_id = k.run_id and s.name = k.stage
            join run r on r.id = k.run_id
            where r.pipeline = :pipeline and k.stage = :stage and k.run_id <> :run
              and (:key::text is null or k.key = :key)
              and s.state = 'succeeded' and s.output is not null
              and (k.rests ->> 'source' = '' or exists (
                select from source_read d
                where d.run_id = k.run_id and d.stage = k.stage and d.attempt = s.attempt
                  and d.digest = k.rests ->> 'source'))
            order by k.run_id desc limit 1
            """)
        .bind("pipeline", task.pipeline())
        .bind("stage", task.stage().name())
        .bind("run", task.runId())
        .bind("key", key)
        .map(
            (row, context) ->
                new Earlier(
                    row.getLong("run_id"),
                    Json.read(row.getString("rests"), Rests.class),
                    Json.read(row.getString("output"), StageOutput.class),
                    row.getTimestamp("ended_at").toInstant()))
        .findOne();
  }

  private static String difference(Earlier earlier, Rests now) {
    Rests then = earlier.rests();
    String since = " since run " + earlier.runId();
    if (!then.code().equals(now.code())) {
      return "code changed" + since;
    }
    if (!then.source().equals(now.source())) {
      return "its source changed" + since;
    }
    TreeSet<String> inputs = new TreeSet<>(then.inputs().keySet());
    inputs.addAll(now.inputs().keySet());
    for (String input : inputs) {
      if (!Objects.equals(then.inputs().get(input), now.inputs().get(input))) {
        return "input " + input + " changed" + since;
      }
    }
    TreeSet<String> params = new TreeSet<>(then.params().keySet());
    params.addAll(now.params().keySet());
    for (String param : params) {
      String before = then.params().get(param);
      String after = now.params().get(param);
      if (!Objects.equals(before, after)) {
        return "param %s changed from %s to %s%s"
            .formatted(
                param,
                before == null ? "nothing" : before,
                after == null ? "nothing" : after,
                since);
      }
    }
    if (!then.day().equals(now.day())) {
      return "the logical date changed from %s to %s%s".formatted(then.day(), now.day(), since);
    }
    return "the live model changed" + since;
  }

  private static void tell(Handle handle, StageTask task, CacheAnswer answer) {
    handle
        .createUpdate(
            """
            insert into stage_reuse (run_id, stage, decided_by, made_by, output, reason)
            values (:run, :stage, 'cache', :madeBy, :output::jsonb, :reason)
            on conflict (run_id, stage, decided_by) do nothing
            """)
        .bind("run", task.runId())
        .bind("stage", task.stage().name())
        .bind("madeBy", answer.madeBy())
        .bind("output", answer.output() == null ? null : Json.write(answer.output()))
        .bind("reason", answer.reason())
        .execute();
  }

  private static Optional<CacheAnswer> told(Handle handle, StageTask task) {
    return handle
        .createQuery(
            """
            select made_by, output, reason from stage_reuse
            where run_id = :run and stage = :stage and decided_by = 'cache'
            """)
        .bind("run", task.runId())
        .bind("stage", task.stage().name())
        .map(
            (row, context) -> {
              String output = row.getString("output");
              return new CacheAnswer(
                  output == null ? null : Json.read(output, StageOutput.class),
                  output == null ? null : row.getLong("made_by"),
                  row.getString("reason"));
            })
        .findOne();
  }
}
