package dev.airlock.web.ui;

import dev.airlock.workflows.StageOutput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says in a few words what a stage has given. */
final class Outputs {
  private static final int MOST_TEXT = 60;

  private Outputs() {}

  /**
   * What was given.
   *
   * @param link where it is shown, or null
   */
  record Saying(String text, @Nullable String link) {}

  static Saying say(@Nullable StageOutput output) {
    if (output instanceof StageOutput.DatasetVersion data) {
      String link = data.branch() == null ? "/datasets/" + data.dataset() : null;
      return new Saying(Words.counted(data.rows(), "row", "rows"), link);
    }
    if (output instanceof StageOutput.TrainedCandidate candidate) {
      return new Saying("model " + Words.digest(candidate.artifactDigest()), null);
    }
    if (output instanceof StageOutput.Judgement judgement) {
      return new Saying(judgement.chosen().stage() + ", " + headline(judgement), null);
    }
    if (output instanceof StageOutput.RegisteredVersion version) {
      return new Saying(version.model() + " v" + version.version(), "/models/" + version.model());
    }
    if (output instanceof StageOutput.ApprovedVersion approved) {
      return new Saying(
          "by " + String.join(", ", approved.approvedBy()), "/approvals/" + approved.approvalId());
    }
    if (output instanceof StageOutput.LiveVersion live) {
      return new Saying(
          live.model() + " v" + live.version() + " is live", "/models/" + live.model());
    }
    if (output instanceof StageOutput.InstalledMonitor watch) {
      return new Saying(
          "monitor " + watch.name(),
          "/models/%s/monitoring?monitor=%d".formatted(watch.model(), watch.monitorId()));
    }
    if (output instanceof StageOutput.StartedRun run) {
      return new Saying("run " + run.runId() + " of " + run.pipeline(), "/runs/" + run.runId());
    }
    if (output instanceof StageOutput.TaskResult result) {
      String json = result.json();
      return new Saying(
          json.length() > MOST_TEXT ? json.substring(0, MOST_TEXT) + "…" : json, null);
    }
    if (output instanceof StageOutput.StoredResult stored) {
      String size = Words.counted(stored.bytes(), "byte", "bytes") + " of JSON";
      Integer items = stored.items();
      return new Saying(items == null ? size : Words.counted(items, "result", "results"), null);
    }
    return new Saying("", null);
  }

  /** The figure that says most: AUC for a class, RMSE for a number. */
  static String headline(StageOutput.Judgement judgement) {
    Map<String, Double> metrics = judgement.metrics();
    String name = metrics.containsKey("auc") ? "auc" : "rmse";
    Double figure = metrics.get(name);
    return figure == null ? "" : Words.metric(name) + " " + Words.figure(figure);
  }
}
