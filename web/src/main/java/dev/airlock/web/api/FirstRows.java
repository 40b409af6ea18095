package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.DatasetSample;
import dev.airlock.store.DatasetSamples;
import dev.airlock.store.Store;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The first rows of versions, as workers have left them: masked already. */
public final class FirstRows {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public FirstRows(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  /**
   * What there is of a version's rows.
   *
   * @param rows null as long as no worker has read any
   * @param problem why they can't be read, or null
   */
  public record Found(@Nullable RowSample rows, @Nullable String problem) {}

  /** What is kept of a version; where that is nothing, a worker is asked to read it. */
  public Found of(String dataset, long snapshotId) {
    DatasetSamples samples = store.get().datasetSamples();
    Optional<DatasetSample> kept = samples.find(dataset, snapshotId);
    if (kept.isEmpty()) {
      samples.want(dataset, snapshotId);
      return new Found(null, null);
    }
    String digest = kept.get().digest();
    return new Found(digest == null ? null : read(digest), kept.get().problem());
  }

  /** As {@link #of}, waiting some seconds for a worker. */
  public Found await(String dataset, long snapshotId) throws InterruptedException {
    store.get().datasetSamples().want(dataset, snapshotId);
    long end = System.nanoTime() + PATIENCE.toNanos();
    Found found = of(dataset, snapshotId);
    while (found.rows() == null && found.problem() == null && System.nanoTime() < end) {
      Thread.sleep(LOOK.toMillis());
      found = of(dataset, snapshotId);
    }
    return found;
  }

  private RowSample read(String digest) {
    return Json.read(new String(artifacts.get(digest), StandardCharsets.UTF_8), RowSample.class);
  }
}
