package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.ColumnSpec;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a stage hands on: a reference, never data. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StageOutput.DatasetVersion.class, name = "dataset"),
  @JsonSubTypes.Type(value = StageOutput.TrainedCandidate.class, name = "candidate"),
  @JsonSubTypes.Type(value = StageOutput.Judgement.class, name = "evaluation"),
  @JsonSubTypes.Type(value = StageOutput.RegisteredVersion.class, name = "model-version"),
  @JsonSubTypes.Type(value = StageOutput.ApprovedVersion.class, name = "approved"),
  @JsonSubTypes.Type(value = StageOutput.LiveVersion.class, name = "deployment"),
  @JsonSubTypes.Type(value = StageOutput.InstalledMonitor.class, name = "monitor"),
  @JsonSubTypes.Type(value = StageOutput.StartedRun.class, name = "run"),
  @JsonSubTypes.Type(value = StageOutput.TaskResult.class, name = "result"),
  @JsonSubTypes.Type(value = StageOutput.StoredResult.class, name = "stored-result")
})
public sealed interface StageOutput {

  /**
   * A version of a dataset.
   *
   * @param dataset {@code <pipeline>.<stage that made it>}
   * @param snapshotId Iceberg's
   * @param branch where it lies as long as it has not been published; null once it is on main
   */
  record DatasetVersion(
      String dataset, long snapshotId, long rows, @Nullable String branch, List<ColumnSpec> columns)
      implements StageOutput {
    public DatasetVersion {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A trained model that nobody has judged yet.
   *
   * @param stage the stage that trained it
   * @param artifactDigest the scoring model in the artifact store
   * @param trainedOn the snapshots whose rows it has seen
   * @param trainingData where those rows came from
   */
  record TrainedCandidate(
      String stage,
      String artifactDigest,
      Algorithm algorithm,
      String label,
      List<String> features,
      List<LocalDate> trainedOn,
      long trainingRows,
      DatasetVersion trainingData)
      implements StageOutput {
    public TrainedCandidate {
      features = List.copyOf(features);
      trainedOn = List.copyOf(trainedOn);
    }
  }

  /**
   * The chosen candidate and how it did on the holdout.
   *
   * @param evidenceDigest the whole {@link Evidence} in the artifact store
   * @param metrics on the holdout, by the lower-case name of the metric
   */
  record Judgement(
      TrainedCandidate chosen,
      LocalDate chosenOn,
      LocalDate judgedOn,
      String evidenceDigest,
      SortedMap<String, Double> metrics)
      implements StageOutput {
    public Judgement {
      metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
    }
  }

  /** A version of a model, from 1. It reaches nobody yet. */
  record RegisteredVersion(String model, int version, String artifactDigest, String evidenceDigest)
      implements StageOutput {}

  /** A version that people let pass. */
  record ApprovedVersion(RegisteredVersion version, long approvalId, List<String> approvedBy)
      implements StageOutput {
    public ApprovedVersion {
      approvedBy = List.copyOf(approvedBy);
    }
  }

  /** A version that customers meet, since the routing's {@code epoch}. */
  record LiveVersion(String model, int version, long approvalId, long epoch)
      implements StageOutput {}

  /** A monitor that watches a model from now on. */
  record InstalledMonitor(long monitorId, String model, String name) implements StageOutput {}

  /** A run of another pipeline. */
  record StartedRun(long runId, String pipeline) implements StageOutput {}

  /** What a task of one's own returned, as JSON. */
  record TaskResult(String json) implements StageOutput {}

  /**
   * What a task of one's own returned, or what the calls of a map did, as a JSON document in the
   * artifact store.
   *
   * @param bytes how long the document is
   * @param items how many elements a map's list has; null where it is no map's
   */
  record StoredResult(String digest, long bytes, @Nullable Integer items) implements StageOutput {

    /** The list of a map, of which only what is needed to read it is told again. */
    static StoredResult of(MapPlan plan) {
      return new StoredResult(plan.items(), 0, null);
    }
  }
}
