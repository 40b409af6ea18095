package dev.airlock.dsl;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.TriggerRule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A stage of the pipeline that is being built, to be handed to the stages that read its result.
 *
 * @param <T> what it gives
 */
public sealed class Stage<T> implements Input<T>, Predecessor
    permits EvaluationStage, MapStage, MonitorStage, TaskStage {

  private final StageDraft draft;

  Stage(StageDraft draft) {
    this.draft = draft;
  }

  final StageDraft draft() {
    return draft;
  }

  @Override
  public String name() {
    return draft.name();
  }

  /** Lets its SQL read these params, as {@code :name_of_param}. */
  public Stage<T> with(Param<?>... params) {
    draft.declare(List.of(params));
    return this;
  }

  /** So many attempts in all, after 1 s, 2 s, 4 s and so on. Without it there are three. */
  public Stage<T> retry(int maximumAttempts) {
    RetrySpec standard = RetrySpec.STANDARD;
    return retry(
        new RetrySpec(
            maximumAttempts,
            standard.firstBackoff(),
            standard.factor(),
            standard.maximumBackoff()));
  }

  public Stage<T> retry(RetrySpec retry) {
    draft.setRetry(retry);
    return this;
  }

  /**
   * Takes the result of an earlier run, whatever its age, where its code, what it takes and its
   * params are the same; else runs, and says what has changed. For an ingest, a transform, a
   * training, an evaluation and a task. The code of a task is its whole jar; a task must give the
   * same for the same arguments and the same day of the logical date.
   */
  public Stage<T> cached() {
    draft.setCache(new CacheSpec(null));
    return this;
  }

  /** As {@link #cached()}, where the earlier result is no older than this, at least a second. */
  public Stage<T> cached(Duration within) {
    draft.setCache(new CacheSpec(within));
    return this;
  }

  /** The longest that one attempt may take, at least a second. */
  public Stage<T> timeout(Duration timeout) {
    draft.setTimeout(timeout);
    return this;
  }

  /**
   * Tries again only after these failures and their subclasses; every other one fails the stage at
   * once.
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final Stage<T> retryOn(Class<? extends Throwable>... types) {
    draft.retryOn(Stream.of(types).map(Class::getName).toList());
    return this;
  }

  /** As {@link #retryOn(Class[])}, by the names that a stage's page shows: {@code timed-out}. */
  public final Stage<T> retryOn(String type, String... or) {
    draft.retryOn(Stream.concat(Stream.of(type), Stream.of(or)).toList());
    return this;
  }

  /** Fails at once after these failures and their subclasses, whatever attempts are left. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read, into a list
  public final Stage<T> neverRetryOn(Class<? extends Throwable>... types) {
    draft.neverRetryOn(Stream.of(types).map(Class::getName).toList());
    return this;
  }

  /** As {@link #neverRetryOn(Class[])}, by the names that a stage's page shows. */
  public final Stage<T> neverRetryOn(String type, String... or) {
    draft.neverRetryOn(Stream.concat(Stream.of(type), Stream.of(or)).toList());
    return this;
  }

  /**
   * Starts only once all of these have ended, though it takes nothing from them. Of a group, all
   * stages. How they must have ended is its {@link #triggerRule}.
   */
  public Stage<T> after(Predecessor... earlier) {
    draft.flow().after(List.of(earlier));
    return this;
  }

  /** How what it takes from and comes after must have ended; all successfully, unless this says. */
  public Stage<T> triggerRule(TriggerRule rule) {
    draft.flow().rule(rule);
    return this;
  }

  /** Runs only where the choice fell on this; else it is skipped. */
  public Stage<T> when(Answer answer) {
    draft.flow().guard(answer);
    return this;
  }

  /** Belongs to the group. */
  public Stage<T> in(StageGroup group) {
    draft.flow().group(group);
    group.add(draft);
    return this;
  }

  /** Its failure does not fail the run. What needs it fails with it all the same. */
  public Stage<T> mayFail() {
    draft.flow().mayFail(true);
    return this;
  }

  /** Its failure fails the run, as that of any stage does but of a teardown. */
  public Stage<T> mustSucceed() {
    draft.flow().mayFail(false);
    return this;
  }

  /**
   * Tears down what these have set up: it runs if one of them has succeeded, once all that depends
   * on them, within its group where it is {@link #in} one, has ended, however it has, also in a run
   * that is cancelled. Where {@link #after} is used, it waits for those alone. Its own failure does
   * not fail the run, unless it {@link #mustSucceed}.
   */
  public Stage<T> teardownOf(Stage<?>... setups) {
    draft.flow().belong(FlowSpec.Part.TEARDOWN, List.of(setups));
    return this;
  }

  /** Where it fails, this runs, as the stage {@code on-failure-of-NAME}. */
  public <I> Stage<T> onFailure(TaskMethod.Deed<I> tell) {
    draft.builder().addOnFailure(this, tell);
    return this;
  }

  /** As {@link #onFailure(TaskMethod.Deed)}; the method is told why. */
  public <I> Stage<T> onFailure(TaskMethod.DeedOn<I, Failure> tell) {
    draft.builder().addOnFailure(this, tell);
    return this;
  }

  /**
   * Where it has succeeded and the run fails later, or is cancelled, this undoes it, as the stage
   * {@code undo-NAME}: once all other stages have ended, the last success first.
   */
  public <I> Stage<T> compensateWith(TaskMethod.Deed<I> undo) {
    draft.builder().addCompensation(this, undo, List.of());
    return this;
  }

  /** As {@link #compensateWith(TaskMethod.Deed)}; the method is given what the stage gave. */
  public <I> Stage<T> compensateWith(TaskMethod.DeedOn<I, ? super T> undo) {
    draft.builder().addCompensation(this, undo, List.of(this));
    return this;
  }

  /** Takes one slot of the pool from its start to its end; waits as queued where none is free. */
  public Stage<T> pool(Pool pool) {
    return pool(pool, 1);
  }

  /** Takes so many slots of the pool, at least one. */
  public Stage<T> pool(Pool pool, int slots) {
    draft.share(pool, slots);
    return this;
  }

  /**
   * Only workers that take this queue carry it out: {@code AIRLOCK_QUEUES=gpu}. For tasks, maps,
   * sensors, programs, requests, statements and Spark jars.
   *
   * @param queue lower-case words joined by hyphens
   */
  public Stage<T> onQueue(String queue) {
    draft.queueOn(Objects.requireNonNull(queue));
    return this;
  }

  /** If it has not ended so long after the run was asked for, an alert says so; it goes on. */
  public Stage<T> deadline(Duration after) {
    return deadline(Deadline.after(after));
  }

  /** If it has not ended by then, an alert says so; it goes on. */
  public Stage<T> deadline(Deadline deadline) {
    draft.endBy(deadline);
    return this;
  }
}
