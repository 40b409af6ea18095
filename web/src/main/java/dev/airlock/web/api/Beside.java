package dev.airlock.web.api;

import dev.airlock.store.ArtifactException;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Store;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a version was judged beside, held against what is live of its model now.
 *
 * @param judged the version that it was judged beside; null where nothing was live
 * @param live the version that is live now; null for none
 * @param liveSince null where nothing is live
 * @param current whether the figures are beside what is live; true, too, where the version itself
 *     is
 * @param says what to know where they are not; empty where they are
 * @param metrics of what is live, out of its own evidence, where that was judged on the same rows;
 *     null otherwise, and where the figures are current
 * @param intervals of those; null where they are not known
 */
public record Beside(
    @Nullable Integer judged,
    @Nullable Integer live,
    @Nullable Instant liveSince,
    boolean current,
    String says,
    @Nullable SortedMap<String, Double> metrics,
    @Nullable SortedMap<String, Evidence.Interval> intervals) {

  /** Looks at what is live now. */
  public static Beside of(
      Store store, ArtifactStore artifacts, String model, int version, Evidence evidence) {
    Evidence.Champion champion = evidence.champion();
    Integer judged = champion == null ? null : champion.version();
    LiveRoute live = store.models().live(model).orElse(null);
    if (live == null) {
      return new Beside(judged, null, null, judged == null, "", null, null);
    }
    boolean isCurrent =
        live.version() == version
            || (champion != null && live.artifactDigest().equals(champion.artifactDigest()));
    if (isCurrent) {
      return new Beside(judged, live.version(), live.since(), true, "", null, null);
    }
    Evidence own =
        store
            .models()
            .version(model, live.version())
            .flatMap(found -> evidence(artifacts, found))
            .filter(found -> isOnSameRows(found, evidence))
            .orElse(null);
    return new Beside(
        judged,
        live.version(),
        live.since(),
        false,
        since(judged, live.version()) + live.since() + ".",
        own == null ? null : own.metrics(),
        own == null ? null : own.intervals());
  }

  /** Up to the moment: what it was judged beside, and what is live since when. */
  public String since() {
    return live == null ? "" : since(judged, live);
  }

  private static String since(@Nullable Integer judged, int live) {
    return judged == null
        ? "Nothing was live when it was judged; v%d is live since ".formatted(live)
        : "It was judged beside v%d, which is no longer live; v%d is live since "
            .formatted(judged, live);
  }

  private static Optional<Evidence> evidence(ArtifactStore artifacts, ModelVersion version) {
    try {
      byte[] document = artifacts.get(version.evidenceDigest());
      return Optional.of(Json.read(new String(document, StandardCharsets.UTF_8), Evidence.class));
    } catch (ArtifactException | IllegalArgumentException e) {
      // Figures that can't be read are none; the page says that there are none.
      return Optional.empty();
    }
  }

  /** The same snapshot of the same version of a dataset, with the same label to be guessed. */
  private static boolean isOnSameRows(Evidence one, Evidence other) {
    return one.data().dataset().equals(other.data().dataset())
        && one.data().snapshotId() == other.data().snapshotId()
        && one.judgedOn().equals(other.judgedOn())
        && one.holdoutRows() == other.holdoutRows()
        && one.label().equals(other.label());
  }
}
