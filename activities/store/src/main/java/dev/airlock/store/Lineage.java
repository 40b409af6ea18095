package dev.airlock.store;

import dev.airlock.workflows.StageOutput;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What runs have taken of each other, and what they have made, around one of them.
 *
 * @param runs the one asked for, those that it came from, and those that rest on it
 * @param handedOn from run to run
 * @param datasets that they have published
 * @param models that they have registered
 * @param given what their stages have given, in the graph's order
 * @param versions of their pipelines, with the graphs
 * @param live the versions of models that customers meet, as {@code MODEL vN}
 * @param isCut whether there is more than is here
 */
public record Lineage(
    List<Run> runs,
    List<HandedOn> handedOn,
    List<DatasetRow> datasets,
    List<ModelVersion> models,
    List<Given> given,
    List<PipelineVersion> versions,
    Set<String> live,
    boolean isCut) {

  public Lineage {
    runs = List.copyOf(runs);
    handedOn = List.copyOf(handedOn);
    datasets = List.copyOf(datasets);
    models = List.copyOf(models);
    given = List.copyOf(given);
    versions = List.copyOf(versions);
    live = Set.copyOf(live);
  }

  /**
   * Something that a run had of another.
   *
   * @param how {@code resumed}, {@code asked-for}, {@code reused}, {@code waited-for} or {@code
   *     started}
   * @param stage of the taker, or empty
   * @param dataset whose version it was, or null where it was none
   * @param snapshotId of that version, or null
   */
  public record HandedOn(
      long maker,
      long taker,
      String how,
      String stage,
      @Nullable String dataset,
      @Nullable Long snapshotId) {}

  /** What a stage has given. */
  public record Given(long runId, String stage, String kind, @Json StageOutput output) {}
}
