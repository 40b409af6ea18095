package dev.airlock.worker;

import dev.airlock.dsl.graph.Work;
import dev.airlock.spark.SourceDigest;
import dev.airlock.store.StageCache;
import dev.airlock.workflows.CacheActivities;
import dev.airlock.workflows.CacheAnswer;
import dev.airlock.workflows.CacheQuestion;
import dev.airlock.workflows.StageTask;
import org.jspecify.annotations.Nullable;

/** Looks for earlier results in PostgreSQL; for those of an ingest it reads the source first. */
final class StoredCache implements CacheActivities {

  private final StageCache cache;
  private final SourceDigest sources;

  StoredCache(StageCache cache, SourceDigest sources) {
    this.cache = cache;
    this.sources = sources;
  }

  @Override
  public CacheAnswer recall(CacheQuestion question) {
    StageTask task = question.task();
    @Nullable String source =
        task.stage().work() instanceof Work.Ingest ingest
            ? sources.of(ingest.source(), task).orElse(null)
            : null;
    return cache.look(task, source);
  }
}
