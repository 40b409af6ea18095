package dev.airlock.dsl;

import dev.airlock.dsl.StageDraft.Finish;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.FlowSpec.Part;
import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pipeline stage by stage. A stage reads those that it is given, so they always come
 * before it; stages that don't read each other run at once. Nothing is checked until {@link
 * #build}, which reports every problem together.
 */
@SuppressWarnings("overloads") // only a lambda could be of both kinds, and a lambda is refused
public final class PipelineBuilder {

  private final String name;
  private final List<StageDraft> drafts = new ArrayList<>();
  private final List<StageGroup> groups = new ArrayList<>();
  private @Nullable String owner;
  private final StartDraft starts = new StartDraft();

  PipelineBuilder(String name) {
    this.name = name;
  }

  /** The team that answers for the pipeline. */
  public PipelineBuilder ownedBy(String team) {
    this.owner = team;
    return this;
  }

  /** When it starts by itself. Without it, only when asked. */
  public PipelineBuilder schedule(Schedule when) {
    starts.schedule(when);
    return this;
  }

  /**
   * Starts a run when new versions of datasets are there: {@code
   * startWhen(allOf(dataset("shop.orders"), dataset("shop.prices")))}. Each call adds a reason of
   * its own.
   */
  public PipelineBuilder startWhen(DatasetEvent event) {
    starts.when(event);
    return this;
  }

  /** Starts a run when another system calls: {@code startOn(webhook("new-prices"))}. */
  public PipelineBuilder startOn(Webhook webhook) {
    starts.on(webhook);
    return this;
  }

  /** Starts a run of each new version of the pipeline, once it is published. */
  public PipelineBuilder startOnNewVersion() {
    starts.onNewVersion();
    return this;
  }

  /** How many of its runs may go at once, whatever starts them; the others wait their turn. */
  public PipelineBuilder maxActiveRuns(int most) {
    starts.maximumActiveRuns(most);
    return this;
  }

  /** If a run has not ended so long after it was asked for, an alert says so; it goes on. */
  public PipelineBuilder deadline(Duration after) {
    return deadline(Deadline.after(after));
  }

  /** If a run has not ended by then, an alert says so; it goes on. */
  public PipelineBuilder deadline(Deadline deadline) {
    starts.endBy(deadline);
    return this;
  }

  /** Reads a source. Nobody sees the dataset before it is validated. */
  public Stage<Dataset> ingest(String stage, Source source) {
    return new Stage<>(
        add(stage, List.of(), source.params(), findings -> new Work.Ingest(source.spec(findings))));
  }

  /** Publishes the dataset if everything that is expected of it holds, else fails. */
  public Stage<Dataset> validate(String stage, Stage<Dataset> input, Expectation... expectations) {
    List<Expectation> all = List.of(expectations);
    return new Stage<>(add(stage, List.of(input), List.of(), findings -> new Work.Validate(all)));
  }

  /** One SELECT over the inputs, each a view named like its stage, underscores for hyphens. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final Stage<Dataset> transform(String stage, Sql sql, Stage<Dataset>... inputs) {
    return new Stage<>(
        add(
            stage,
            List.of(inputs),
            List.of(),
            findings -> sql.read(findings).map(Work.Transform::new).orElse(null)));
  }

  /** Trains one candidate on the oldest snapshots. */
  public Stage<Candidate> train(
      String stage, Stage<Dataset> features, Split split, Trainer trainer) {
    return new Stage<>(
        add(
            stage,
            List.of(features),
            split.params(),
            findings -> new Work.Train(split.spec(findings), trainer.spec(findings))));
  }

  /** Chooses among candidates on one snapshot, and judges the chosen one on a later one. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final PendingEvaluation evaluate(
      String stage, Split split, Stage<Candidate>... candidates) {
    StageDraft draft =
        add(
            stage,
            List.of(candidates),
            split.params(),
            Finish.unfinished(
                "The evaluation does not say what it chooses by.",
                "Name a metric: .choose(LOG_LOSS)."));
    return new PendingEvaluation(draft, split);
  }

  /** Makes the judged candidate the next version of the model that is named like the pipeline. */
  public Stage<ModelVersion> register(String stage, Stage<Evaluation> judged) {
    return register(stage, judged, name);
  }

  /** Makes the judged candidate the next version of a model. */
  public Stage<ModelVersion> register(String stage, Stage<Evaluation> judged, String model) {
    return new Stage<>(
        add(
            stage,
            List.of(judged),
            List.of(),
            findings -> {
              if (!model.equals(name)) {
                Names.check(model, "model", findings);
              }
              return new Work.Register(model);
            }));
  }

  /** Asks people whether the version may be deployed. */
  public PendingApproval approval(String stage, Stage<ModelVersion> version) {
    return new PendingApproval(
        add(
            stage,
            List.of(version),
            List.of(),
            Finish.unfinished(
                "The approval does not say what happens when nobody decides.",
                "End it with .orReject().")));
  }

  /** Sends traffic to an approved version. */
  public PendingDeployment deploy(String stage, Stage<Approved<ModelVersion>> approved) {
    return new PendingDeployment(
        add(
            stage,
            List.of(approved),
            List.of(),
            Finish.unfinished(
                "The deployment does not say how traffic moves.", "End it with .blueGreen().")));
  }

  /** Lets an approved version take over step by step, as long as what can be seen is good. */
  public PendingCanary canary(String stage, Stage<Approved<ModelVersion>> approved) {
    return new PendingCanary(
        add(
            stage,
            List.of(approved),
            List.of(),
            Finish.unfinished(
                "The canary does not say what happens when its analysis fails.",
                "End it with .orRollBack().")));
  }

  /** Watches the live model from now on. */
  public MonitorStage monitor(String stage, Stage<Deployment> live) {
    return new MonitorStage(add(stage, List.of(live), List.of(), findings -> null));
  }

  /** Runs a program, such as a training script. */
  public <T> Stage<T> process(String stage, Program<T> program) {
    return new Stage<>(
        add(
            stage,
            program.stages(),
            program.params(),
            findings -> new Work.Program(program.spec(findings))));
  }

  /** Asks a server. */
  public <T> Stage<T> http(String stage, Http<T> request) {
    return new Stage<>(
        add(
            stage,
            request.stages(),
            request.params(),
            findings -> {
              HttpSpec spec = request.spec(findings);
              return spec == null ? null : new Work.Http(spec);
            }));
  }

  /** Gives a database one statement, which may read params by {@link Stage#with}. */
  public <T> Stage<T> sql(String stage, Statement<T> statement) {
    StageDraft draft = add(stage, statement.stages(), List.of(), findings -> null);
    draft.finishBy(findings -> new Work.Statement(statement.spec(draft.declared(), findings)));
    return new Stage<>(draft);
  }

  /** Runs a class of a jar on Spark. */
  public <T> Stage<T> sparkJar(String stage, SparkJob<T> job) {
    return new Stage<>(
        add(stage, job.stages(), job.params(), findings -> new Work.SparkJar(job.spec(findings))));
  }

  /** A step of one's own: a method of an interface, such as {@code Tasks::score}. */
  public <I, R> TaskStage<R> task(String stage, TaskMethod.Of0<I, R> method) {
    return addTask(stage, method);
  }

  /** As {@link #task(String, TaskMethod.Of0)}; params come after stages, secrets last. */
  public <I, A, R> TaskStage<R> task(String stage, TaskMethod.Of1<I, A, R> method, Input<A> a) {
    return addTask(stage, method, a);
  }

  /** As {@link #task(String, TaskMethod.Of0)}; params come after stages, secrets last. */
  public <I, A, B, R> TaskStage<R> task(
      String stage, TaskMethod.Of2<I, A, B, R> method, Input<A> a, Input<B> b) {
    return addTask(stage, method, a, b);
  }

  /** As {@link #task(String, TaskMethod.Of0)}; params come after stages, secrets last. */
  public <I, A, B, C, R> TaskStage<R> task(
      String stage, TaskMethod.Of3<I, A, B, C, R> method, Input<A> a, Input<B> b, Input<C> c) {
    return addTask(stage, method, a, b, c);
  }

  /** As {@link #task(String, TaskMethod.Of0)}; params come after stages, secrets last. */
  public <I, A, B, C, D, R> TaskStage<R> task(
      String stage,
      TaskMethod.Of4<I, A, B, C, D, R> method,
      Input<A> a,
      Input<B> b,
      Input<C> c,
      Input<D> d) {
    return addTask(stage, method, a, b, c, d);
  }

  /** As {@link #task(String, TaskMethod.Of0)}; params come after stages, secrets last. */
  public <I, A, B, C, D, E, R> TaskStage<R> task(
      String stage,
      TaskMethod.Of5<I, A, B, C, D, E, R> method,
      Input<A> a,
      Input<B> b,
      Input<C> c,
      Input<D> d,
      Input<E> e) {
    return addTask(stage, method, a, b, c, d, e);
  }

  /** A step of one's own whose answer decides what runs: an enum or a text. */
  public <I, R> ChoiceStage<R> choose(String stage, TaskMethod.Of0<I, R> method) {
    return addChoice(stage, method);
  }

  /** As {@link #choose(String, TaskMethod.Of0)}; params come after stages. */
  public <I, A, R> ChoiceStage<R> choose(String stage, TaskMethod.Of1<I, A, R> method, Input<A> a) {
    return addChoice(stage, method, a);
  }

  /** As {@link #choose(String, TaskMethod.Of0)}; params come after stages. */
  public <I, A, B, R> ChoiceStage<R> choose(
      String stage, TaskMethod.Of2<I, A, B, R> method, Input<A> a, Input<B> b) {
    return addChoice(stage, method, a, b);
  }

  /** As {@link #choose(String, TaskMethod.Of0)}; params come after stages. */
  public <I, A, B, C, R> ChoiceStage<R> choose(
      String stage, TaskMethod.Of3<I, A, B, C, R> method, Input<A> a, Input<B> b, Input<C> c) {
    return addChoice(stage, method, a, b, c);
  }

  /** A question of one's own: where the answer is no, all that comes after it is skipped. */
  public <I> TaskStage<Boolean> onlyIf(String stage, TaskMethod.Of0<I, Boolean> method) {
    return addShortCircuit(stage, method);
  }

  /** As {@link #onlyIf(String, TaskMethod.Of0)}; params come after stages. */
  public <I, A> TaskStage<Boolean> onlyIf(
      String stage, TaskMethod.Of1<I, A, Boolean> method, Input<A> a) {
    return addShortCircuit(stage, method, a);
  }

  /** As {@link #onlyIf(String, TaskMethod.Of0)}; params come after stages. */
  public <I, A, B> TaskStage<Boolean> onlyIf(
      String stage, TaskMethod.Of2<I, A, B, Boolean> method, Input<A> a, Input<B> b) {
    return addShortCircuit(stage, method, a, b);
  }

  /**
   * Brings branches together: gives what the first of these that has succeeded has given. It is
   * skipped where all are, and fails where one has failed.
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final <T> Stage<T> firstOf(String stage, Stage<? extends T>... branches) {
    StageDraft draft = add(stage, List.of(branches), List.of(), findings -> new Work.FirstOf());
    draft.flow().rule(TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS);
    return new Stage<>(draft);
  }

  /** Runs another pipeline's current version. */
  public PendingRun run(String stage, String pipeline) {
    return new PendingRun(
        add(
            stage,
            List.of(),
            List.of(),
            Finish.unfinished(
                "The run of '%s' does not say whether it is waited for.".formatted(pipeline),
                "End it with .waitFor() or .goOn().")),
        pipeline);
  }

  /** A group, to which stages are added by {@code in}. */
  public StageGroup group(String group) {
    StageGroup added = new StageGroup(group, "group '%s' (%s)".formatted(group, callerLine()));
    groups.add(added);
    return added;
  }

  /** Where the run fails, this runs at its end, as the stage {@code on-failure}. */
  public <I> PipelineBuilder onFailure(TaskMethod.Deed<I> tell) {
    addHandler("on-failure", callerLine(), tell).flow().belong(Part.ON_FAILURE, List.of());
    return this;
  }

  /**
   * As {@link #onFailure(TaskMethod.Deed)}; the method is told which stage failed first, and why.
   */
  public <I> PipelineBuilder onFailure(TaskMethod.DeedOn<I, Failure> tell) {
    addHandler("on-failure", callerLine(), tell).flow().belong(Part.ON_FAILURE, List.of());
    return this;
  }

  /**
   * Asks again and again whether something has arrived, such as {@code Tasks::arrived}, without
   * holding a worker between two looks. Gives what the {@link Optional} holds. Params come after
   * stages.
   */
  public <I, R> PendingSensor<R> sensor(String stage, TaskMethod.Of0<I, Optional<R>> method) {
    return addSensor(stage, method);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}. */
  public <I, A, R> PendingSensor<R> sensor(
      String stage, TaskMethod.Of1<I, A, Optional<R>> method, Input<A> a) {
    return addSensor(stage, method, a);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}. */
  public <I, A, B, R> PendingSensor<R> sensor(
      String stage, TaskMethod.Of2<I, A, B, Optional<R>> method, Input<A> a, Input<B> b) {
    return addSensor(stage, method, a, b);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}. */
  public <I, A, B, C, R> PendingSensor<R> sensor(
      String stage,
      TaskMethod.Of3<I, A, B, C, Optional<R>> method,
      Input<A> a,
      Input<B> b,
      Input<C> c) {
    return addSensor(stage, method, a, b, c);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}, with a question of yes or no. */
  public <I> PendingSensor<Boolean> sensor(String stage, TaskMethod.Whether0<I> method) {
    return addSensor(stage, method);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}, with a question of yes or no. */
  public <I, A> PendingSensor<Boolean> sensor(
      String stage, TaskMethod.Whether1<I, A> method, Input<A> a) {
    return addSensor(stage, method, a);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}, with a question of yes or no. */
  public <I, A, B> PendingSensor<Boolean> sensor(
      String stage, TaskMethod.Whether2<I, A, B> method, Input<A> a, Input<B> b) {
    return addSensor(stage, method, a, b);
  }

  /** As {@link #sensor(String, TaskMethod.Of0)}, with a question of yes or no. */
  public <I, A, B, C> PendingSensor<Boolean> sensor(
      String stage, TaskMethod.Whether3<I, A, B, C> method, Input<A> a, Input<B> b, Input<C> c) {
    return addSensor(stage, method, a, b, c);
  }

  /**
   * Waits until the event comes. One that came before counts as well, if it is not older than the
   * run's logical date.
   */
  public <T> PendingEvent<T> awaitEvent(String stage, Event<T> event) {
    return new PendingEvent<>(
        add(
            stage,
            List.of(),
            List.of(),
            Finish.unfinished(
                "The wait for the event does not say what happens when none comes.",
                "End it with .orFail() or .orSkip().")),
        event);
  }

  /**
   * Calls a task once for each item of the list that a stage gives: a method of an interface, such
   * as {@code Tasks::forecast}, whose first argument is the item.
   */
  public <I, A, R> MapStage<List<R>> map(
      String stage, Stage<? extends List<? extends A>> items, TaskMethod.Of1<I, A, R> method) {
    return addMap(stage, method, false, items);
  }

  /**
   * As {@link #map(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, R> MapStage<List<R>> map(
      String stage,
      Stage<? extends List<? extends A>> items,
      TaskMethod.Of2<I, A, B, R> method,
      Input<B> b) {
    return addMap(stage, method, false, items, b);
  }

  /**
   * As {@link #map(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, R> MapStage<List<R>> map(
      String stage,
      Stage<? extends List<? extends A>> items,
      TaskMethod.Of3<I, A, B, C, R> method,
      Input<B> b,
      Input<C> c) {
    return addMap(stage, method, false, items, b, c);
  }

  /**
   * As {@link #map(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, D, R> MapStage<List<R>> map(
      String stage,
      Stage<? extends List<? extends A>> items,
      TaskMethod.Of4<I, A, B, C, D, R> method,
      Input<B> b,
      Input<C> c,
      Input<D> d) {
    return addMap(stage, method, false, items, b, c, d);
  }

  /**
   * As {@link #map(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, D, E, R> MapStage<List<R>> map(
      String stage,
      Stage<? extends List<? extends A>> items,
      TaskMethod.Of5<I, A, B, C, D, E, R> method,
      Input<B> b,
      Input<C> c,
      Input<D> d,
      Input<E> e) {
    return addMap(stage, method, false, items, b, c, d, e);
  }

  /**
   * As {@code map}, one level down: the items are lists, as a map over lists of lists gives them,
   * and the task is called for each of their elements. The result has the same shape.
   */
  public <I, A, R> MapStage<List<List<R>>> mapEach(
      String stage,
      Stage<? extends List<? extends List<? extends A>>> items,
      TaskMethod.Of1<I, A, R> method) {
    return addMap(stage, method, true, items);
  }

  /**
   * As {@link #mapEach(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, R> MapStage<List<List<R>>> mapEach(
      String stage,
      Stage<? extends List<? extends List<? extends A>>> items,
      TaskMethod.Of2<I, A, B, R> method,
      Input<B> b) {
    return addMap(stage, method, true, items, b);
  }

  /**
   * As {@link #mapEach(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, R> MapStage<List<List<R>>> mapEach(
      String stage,
      Stage<? extends List<? extends List<? extends A>>> items,
      TaskMethod.Of3<I, A, B, C, R> method,
      Input<B> b,
      Input<C> c) {
    return addMap(stage, method, true, items, b, c);
  }

  /**
   * As {@link #mapEach(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, D, R> MapStage<List<List<R>>> mapEach(
      String stage,
      Stage<? extends List<? extends List<? extends A>>> items,
      TaskMethod.Of4<I, A, B, C, D, R> method,
      Input<B> b,
      Input<C> c,
      Input<D> d) {
    return addMap(stage, method, true, items, b, c, d);
  }

  /**
   * As {@link #mapEach(String, Stage, TaskMethod.Of1)}; what the task takes besides the item comes
   * after it, params last.
   */
  public <I, A, B, C, D, E, R> MapStage<List<List<R>>> mapEach(
      String stage,
      Stage<? extends List<? extends List<? extends A>>> items,
      TaskMethod.Of5<I, A, B, C, D, E, R> method,
      Input<B> b,
      Input<C> c,
      Input<D> d,
      Input<E> e) {
    return addMap(stage, method, true, items, b, c, d, e);
  }

  /**
   * The pipeline.
   *
   * @throws InvalidPipelineException with every problem at once
   */
  public Pipeline build() {
    return new Assembly(name, owner, starts, drafts, groups).assemble();
  }

  void addOnFailure(Stage<?> of, TaskMethod tell) {
    addHandler("on-failure-of-" + of.name(), of.draft().line(), tell)
        .flow()
        .belong(Part.ON_FAILURE, List.of(of));
  }

  void addCompensation(Stage<?> of, TaskMethod undo, List<Stage<?>> inputs) {
    StageDraft draft =
        new StageDraft(
            this, "undo-" + of.name(), of.draft().line(), inputs, List.of(), findings -> null);
    drafts.add(new TaskStage<Void>(draft, undo, false, List.of()).draft());
    draft.flow().belong(Part.COMPENSATION, List.of(of));
  }

  private StageDraft addHandler(String stage, String line, TaskMethod tell) {
    StageDraft draft = new StageDraft(this, stage, line, List.of(), List.of(), findings -> null);
    drafts.add(new TaskStage<Void>(draft, tell, false, List.of()).draft());
    draft.flow().mayFail(true);
    return draft;
  }

  private <R> ChoiceStage<R> addChoice(String stage, TaskMethod method, Input<?>... inputs) {
    return addOwn(
        stage, inputs, (draft, mixed, secrets) -> new ChoiceStage<>(draft, method, mixed, secrets));
  }

  private TaskStage<Boolean> addShortCircuit(String stage, TaskMethod method, Input<?>... inputs) {
    TaskStage<Boolean> asked = addTask(stage, method, inputs);
    asked.draft().flow().choose(new FlowSpec.Choice(List.of("true", "false"), true));
    return asked;
  }

  private <R> TaskStage<R> addTask(String stage, TaskMethod method, Input<?>... inputs) {
    return addOwn(
        stage, inputs, (draft, mixed, secrets) -> new TaskStage<>(draft, method, mixed, secrets));
  }

  private <S> S addOwn(String stage, Input<?>[] inputs, Own<S> made) {
    return addOwn(stage, inputs, findings -> null, made);
  }

  private <S> S addOwn(String stage, Input<?>[] inputs, Finish finish, Own<S> made) {
    List<Stage<?>> stages = new ArrayList<>();
    List<Param<?>> params = new ArrayList<>();
    List<Secret> secrets = new ArrayList<>();
    boolean mixed = false;
    for (Input<?> input : inputs) {
      if (input instanceof Stage<?> given) {
        mixed |= !params.isEmpty() || !secrets.isEmpty();
        stages.add(given);
      } else if (input instanceof Param<?> param) {
        mixed |= !secrets.isEmpty();
        params.add(param);
      } else if (input instanceof Secret secret) {
        secrets.add(secret);
      }
    }
    StageDraft draft = add(stage, stages, params, finish);
    return made.of(draft, mixed, secrets);
  }

  private <R> PendingSensor<R> addSensor(String stage, TaskMethod method, Input<?>... inputs) {
    return addOwn(
        stage,
        inputs,
        Finish.unfinished(
            "The sensor does not say what happens when nothing arrives.",
            "End it with .orFail() or .orSkip()."),
        (draft, mixed, secrets) -> new PendingSensor<>(draft, method, mixed, secrets));
  }

  private <R> MapStage<R> addMap(
      String stage, TaskMethod method, boolean nested, Input<?>... inputs) {
    return addOwn(
        stage,
        inputs,
        (draft, mixed, secrets) -> new MapStage<>(draft, method, nested, mixed, secrets));
  }

  private StageDraft add(
      String stage,
      List<? extends Stage<?>> inputs,
      List<? extends Param<?>> params,
      Finish finish) {
    StageDraft draft = new StageDraft(this, stage, callerLine(), inputs, params, finish);
    drafts.add(draft);
    return draft;
  }

  /** The line of the pipeline's own text that is being run. */
  private static String callerLine() {
    return StackWalker.getInstance()
        .walk(PipelineBuilder::firstOutside)
        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
        .orElse("unknown line");
  }

  private static Optional<StackWalker.StackFrame> firstOutside(
      Stream<StackWalker.StackFrame> frames) {
    return frames
        .filter(frame -> !frame.getClassName().equals(PipelineBuilder.class.getName()))
        .findFirst();
  }

  /** Makes a step of one's own out of its draft. */
  @FunctionalInterface
  private interface Own<S> {
    S of(StageDraft draft, boolean mixed, List<Secret> secrets);
  }
}
