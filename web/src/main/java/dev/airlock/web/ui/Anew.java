package dev.airlock.web.ui;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Approval;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.web.api.Beside;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.session.Owners;
import dev.airlock.workflows.ApprovalStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The way on where another version went live than the one that a question was judged beside: the
 * form that starts the run which judges and asks anew, filled in.
 *
 * @param title what is to be had
 * @param text what the run does, and what becomes of the question
 * @param action where the form goes; null where the viewer may not start it
 * @param fields what it carries
 */
public record Anew(String title, String text, @Nullable String action, List<Field> fields) {

  /** A hidden field. */
  public record Field(String name, String value) {}

  /** Null where there is nothing to judge anew, or no need to. */
  static @Nullable Anew of(Store store, Caller caller, Approval approval, Beside beside) {
    Integer live = beside.live();
    if (live == null || beside.current() || !isOfUse(store, approval)) {
      return null;
    }
    Run run = store.runs().find(approval.runId()).orElseThrow();
    PipelineVersion version =
        store.pipelines().version(run.pipeline(), run.version()).orElseThrow();
    boolean may =
        Owners.mayOperate(store.ownership(), caller, Permission.STEER_RUN, run.pipeline());
    String title = "Judge it beside v%d".formatted(live);
    String note = "Judged beside v%d, after approval %d".formatted(live, approval.id());
    StageSpec judging = judging(version, approval.stage());
    return run.state().isFinal() && judging != null
        ? new Anew(
            title,
            "Run %d goes on as a new run from %s: the same model is judged beside v%d, registered as a new version and asked about again. %s"
                .formatted(run.id(), judging.name(), live, who(may, run)),
            may ? "/runs/%d/resume".formatted(run.id()) : null,
            fields("code", "same", "from", judging.name(), "note", note))
        : new Anew(
            title,
            "A new run of %s with the params and the logical date of run %d trains, judges beside v%d and asks again. This question stays open until it is decided or expires. %s"
                .formatted(run.pipeline(), run.id(), live, who(may, run)),
            may ? "/pipelines/%s/runs".formatted(run.pipeline()) : null,
            started(run, note));
  }

  /** Open, or given and of no use: what was live before needs no approval, to come back. */
  private static boolean isOfUse(Store store, Approval approval) {
    return approval.state() == ApprovalStanding.State.OPEN
        || (approval.state() == ApprovalStanding.State.APPROVED
            && approval.revokedAt() == null
            && store.approvals().championObjection(approval.id()).isPresent()
            && !store.models().everLive(approval.model()).contains(approval.version()));
  }

  private static @Nullable StageSpec judging(PipelineVersion version, String asking) {
    return version.graph().stages().stream()
        .filter(stage -> stage.work() instanceof Work.Evaluate)
        .filter(stage -> leadsTo(version, stage.name(), asking))
        .findFirst()
        .orElse(null);
  }

  private static boolean leadsTo(PipelineVersion version, String from, String to) {
    return version
        .graph()
        .stage(to)
        .map(
            stage ->
                stage.inputs().stream()
                    .anyMatch(input -> input.equals(from) || leadsTo(version, from, input)))
        .orElse(false);
  }

  private static String who(boolean may, Run run) {
    return may
        ? "Whoever starts it can't vote on it."
        : "Those start it on this page who may start runs of %s; they can't vote on it."
            .formatted(run.pipeline());
  }

  private static List<Field> started(Run run, String note) {
    List<Field> fields =
        new ArrayList<>(fields("logicalDate", run.logicalDate().toString(), "note", note));
    run.params().forEach((name, value) -> fields.add(new Field("param." + name, value)));
    return fields;
  }

  /** With a key of its own, so that a double click starts one run. */
  private static List<Field> fields(String... pairs) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("key", UUID.randomUUID().toString()));
    for (int i = 0; i < pairs.length; i += 2) {
      fields.add(new Field(pairs[i], pairs[i + 1]));
    }
    return fields;
  }
}
