package dev.airlock.store;

import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.PastStage;
import dev.airlock.workflows.ResumePlan;
import dev.airlock.workflows.ResumePlanner;
import dev.airlock.workflows.StageOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Goes on with runs that are over, as new runs: from any stage, with the same or the latest code,
 * with other params. What succeeded is taken, not made again.
 */
public final class Resumes {

  private final Jdbi jdbi;
  private final ArtifactStore artifacts;

  Resumes(Jdbi jdbi, ArtifactStore artifacts) {
    this.jdbi = jdbi;
    this.artifacts = artifacts;
  }

  /**
   * What would come of the wish. Starts nothing.
   *
   * @throws UnknownEntityException where there is no such run, or its pipeline is no longer
   *     published and the latest code is wished for
   * @throws NotResumableException where the run is not over, or its code is gone
   * @throws InvalidParamsException with everything that is wrong with stages and params
   */
  public ResumeProposal plan(ResumeWish wish) {
    return jdbi.inTransaction(handle -> new Draft(handle, wish).proposal());
  }

  /**
   * Writes down the new run, whose parent is the run before, and has it carried to Temporal, in one
   * transaction. Idempotent under (pipeline, idempotency key).
   *
   * @throws NotResumableException beside what {@link #plan} tells, where nothing would come of it,
   *     or where the key has made another run
   */
  public RequestedRun resume(ResumeWish wish) {
    return jdbi.inTransaction(handle -> resume(handle, wish));
  }

  private RequestedRun resume(Handle handle, ResumeWish wish) {
    Draft draft = new Draft(handle, wish);
    Runs runs = handle.attach(Runs.class);
    Long earlier = runs.byKey(draft.parent.pipeline(), wish.idempotencyKey()).orElse(null);
    if (earlier == null) {
      ResumeProposal proposal = draft.proposal();
      if (proposal.plan().isIdle()) {
        throw new NotResumableException(
            "Every stage of run %d succeeded, and nothing that they rest on has changed. Name the stage to run again from."
                .formatted(wish.runId()));
      }
      RequestedRun run = runs.request(draft.newRun(proposal));
      if (run.isNew()) {
        return run;
      }
      earlier = run.id();
    }
    return requireSame(runs, earlier, wish);
  }

  private static RequestedRun requireSame(Runs runs, long id, ResumeWish wish) {
    Long parent = runs.find(id).orElseThrow().parent();
    if (parent == null || parent != wish.runId()) {
      throw new NotResumableException(
          "The idempotency key '%s' made run %d, which does not resume run %d. Take a key of its own for each wish."
              .formatted(wish.idempotencyKey(), id, wish.runId()));
    }
    return new RequestedRun(id, false);
  }

  /** The new run while it is being thought of. */
  private final class Draft {
    private final Handle handle;
    private final ResumeWish wish;
    private final Run parent;
    private final PipelineVersion before;

    Draft(Handle handle, ResumeWish wish) {
      this.handle = handle;
      this.wish = wish;
      this.parent =
          handle
              .attach(Runs.class)
              .find(wish.runId())
              .orElseThrow(
                  () -> new UnknownEntityException("There is no run " + wish.runId() + "."));
      this.before =
          handle.attach(Pipelines.class).version(parent.pipeline(), parent.version()).orElseThrow();
    }

    ResumeProposal proposal() {
      if (!parent.state().isFinal()) {
        throw new NotResumableException(
            "Run %d is %s: cancel it, or wait until it is over."
                .formatted(parent.id(), parent.state().word()));
      }
      PipelineVersion version = version();
      List<String> notes = new ArrayList<>();
      SortedMap<String, String> params = params(version, notes);
      ResumePlan plan =
          ResumePlanner.plan(
              new ResumePlanner.Before(parent.id(), before.graph(), parent.params(), past()),
              version.graph(),
              version.version(),
              params,
              new HashSet<>(wish.from()));
      before.graph().stages().stream()
          .map(StageSpec::name)
          .filter(name -> version.graph().stage(name).isEmpty())
          .forEach(
              name ->
                  notes.add(
                      "Version %d has no stage '%s' any more.".formatted(version.version(), name)));
      return new ResumeProposal(
          parent.id(),
          parent.pipeline(),
          wish.code(),
          version.version(),
          version.codeDigest(),
          parent.logicalDate(),
          params,
          notes,
          plan);
    }

    private PipelineVersion version() {
      PipelineVersion version =
          wish.code() == ResumeWish.Code.SAME
              ? before
              : handle.attach(Pipelines.class).runnable(parent.pipeline());
      if (!artifacts.contains(version.codeDigest())) {
        throw new NotResumableException(
            "The jar %s of version %d of %s is no longer in the artifact store. Publish it again, or resume with the latest code."
                .formatted(
                    version.codeDigest().substring(0, 12), version.version(), parent.pipeline()));
      }
      return version;
    }

    private SortedMap<String, String> params(PipelineVersion version, List<String> notes) {
      Set<String> declared = new HashSet<>();
      version.graph().params().forEach(spec -> declared.add(spec.name()));
      Map<String, String> given = new HashMap<>();
      parent
          .params()
          .forEach(
              (name, value) -> {
                if (declared.contains(name)) {
                  given.put(name, value);
                } else {
                  notes.add(
                      "Version %d takes no param '%s' any more; its value %s is left out."
                          .formatted(version.version(), name, value));
                }
              });
      given.putAll(wish.params());
      List<String> problems = new ArrayList<>(unknownStages(version));
      try {
        SortedMap<String, String> params = ParamCheck.complete(version.graph().params(), given);
        CanaryPlan.check(version.graph(), params);
        if (problems.isEmpty()) {
          return params;
        }
      } catch (InvalidParamsException e) {
        problems.addAll(e.problems());
      }
      throw new InvalidParamsException(
          "Run %d can't be resumed so".formatted(parent.id()), problems);
    }

    private List<String> unknownStages(PipelineVersion version) {
      List<String> names = version.graph().stages().stream().map(StageSpec::name).toList();
      return wish.from().stream()
          .filter(name -> !names.contains(name))
          .map(
              name ->
                  "There is no stage '%s' in version %d; the stages are %s."
                      .formatted(name, version.version(), String.join(", ", names)))
          .toList();
    }

    private Map<String, PastStage> past() {
      Runs runs = handle.attach(Runs.class);
      Map<String, Long> makers = new HashMap<>();
      runs.reuses(parent.id())
          .forEach(
              reuse -> {
                if (reuse.madeBy() != null) {
                  makers.put(reuse.stage(), reuse.madeBy());
                }
              });
      KeptResults kept = new KeptResults(handle, artifacts);
      Map<String, PastStage> past = new HashMap<>();
      for (RunStage stage : runs.stages(parent.id())) {
        StageOutput output = stage.output();
        past.put(
            stage.name(),
            new PastStage(
                stage.state(),
                output,
                makers.getOrDefault(stage.name(), parent.id()),
                output == null ? null : kept.objection(output, wish.requestedBy()).orElse(null)));
      }
      return past;
    }

    NewRun newRun(ResumeProposal proposal) {
      Map<String, StageOutput> outputs = new LinkedHashMap<>();
      for (RunStage stage : handle.attach(Runs.class).stages(parent.id())) {
        if (proposal.plan().stage(stage.name()).filter(ResumePlan.Planned::isReused).isPresent()) {
          outputs.put(stage.name(), Objects.requireNonNull(stage.output()));
        }
      }
      return new NewRun(
          parent.pipeline(),
          proposal.params(),
          parent.logicalDate(),
          wish.acting(),
          "resume",
          wish.note(),
          dev.airlock.workflows.Json.write(detail(proposal)),
          wish.idempotencyKey(),
          new NewRun.Resumption(parent.id(), proposal.version(), proposal.plan(), outputs));
    }

    private Map<String, Object> detail(ResumeProposal proposal) {
      SortedMap<String, @Nullable String> changed = new TreeMap<>();
      proposal
          .params()
          .forEach(
              (name, value) -> {
                if (!value.equals(parent.params().get(name))) {
                  changed.put(name, value);
                }
              });
      Map<String, Object> detail = new LinkedHashMap<>();
      detail.put("kind", "resume");
      detail.put("run", parent.id());
      detail.put("from", wish.from());
      detail.put("code", wish.code());
      detail.put("params", changed);
      return detail;
    }
  }
}
