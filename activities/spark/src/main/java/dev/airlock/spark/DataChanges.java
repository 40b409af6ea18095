package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.DataChange;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a candidate learnt from, beside what the champion learnt from. */
final class DataChanges {

  private final Artifacts artifacts;

  DataChanges(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  /**
   * The change since the champion.
   *
   * @param live null where nothing is live
   * @return null where there is nothing to compare with
   */
  @Nullable DataChange since(
      Champions.@Nullable LiveModel live,
      DatasetVersion data,
      ScoringModel candidate,
      SnapshotRows training) {
    if (live == null || live.evidenceDigest() == null) {
      return null;
    }
    Evidence champion = read(live.evidenceDigest(), Evidence.class);
    Map<String, ColumnSpec> before = byName(champion.data());
    Map<String, ColumnSpec> now = byName(data);
    return new DataChange(
        champion.runId(),
        champion.data(),
        champion.trainedOn(),
        champion.trainingRows(),
        without(now.keySet(), before.keySet()),
        without(before.keySet(), now.keySet()),
        now.values().stream()
            .filter(column -> hasOtherType(column, before.get(column.name())))
            .map(ColumnSpec::name)
            .toList(),
        without(candidate.features(), champion.features()),
        without(champion.features(), candidate.features()),
        champion.profileDigest() == null
            ? List.of()
            : Shifts.between(
                read(champion.profileDigest(), Profile.class), training, candidate.features()));
  }

  private static boolean hasOtherType(ColumnSpec now, @Nullable ColumnSpec before) {
    return before != null && before.type() != now.type();
  }

  private static List<String> without(Collection<String> names, Collection<String> others) {
    return names.stream().filter(name -> !others.contains(name)).toList();
  }

  private static Map<String, ColumnSpec> byName(DatasetVersion data) {
    Map<String, ColumnSpec> columns = new LinkedHashMap<>();
    data.columns().forEach(column -> columns.put(column.name(), column));
    return columns;
  }

  private <T> T read(String digest, Class<T> type) {
    return Json.read(new String(artifacts.get(digest), StandardCharsets.UTF_8), type);
  }
}
