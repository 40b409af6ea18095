package dev.airlock.dsl;

import dev.airlock.dsl.graph.CacheSpec;
import dev.airlock.dsl.graph.DeadlineSpec;
import dev.airlock.dsl.graph.LimitSpec;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stage while the pipeline is being written. */
final class StageDraft {

  static final Duration SHORTEST = Duration.ofSeconds(1);

  private final PipelineBuilder builder;
  private final String name;
  private final String line;
  private final String place;
  private final FlowDraft flow = new FlowDraft();
  private final List<String> retryOn = new ArrayList<>();
  private final List<String> neverRetryOn = new ArrayList<>();
  private final List<Stage<?>> inputs;
  private final List<Param<?>> params = new ArrayList<>();
  private final List<Param<?>> declared = new ArrayList<>();
  private RetrySpec retry = RetrySpec.STANDARD;
  private @Nullable Duration timeout;
  private @Nullable CacheSpec cache;
  private @Nullable Pool pool;
  private int slots;
  private @Nullable Deadline deadline;
  private @Nullable String queue;
  private Finish finish;

  /**
   * @param line the source line that adds it
   * @param params those that follow from its definition; {@link #read} and {@link #declare} add
   *     more
   */
  StageDraft(
      PipelineBuilder builder,
      String name,
      String line,
      List<? extends Stage<?>> inputs,
      List<? extends Param<?>> params,
      Finish finish) {
    this.builder = builder;
    this.name = name;
    this.line = line;
    this.place = "stage '%s' (%s)".formatted(name, line);
    this.inputs = List.copyOf(inputs);
    this.params.addAll(params);
    this.finish = finish;
  }

  PipelineBuilder builder() {
    return builder;
  }

  String name() {
    return name;
  }

  String place() {
    return place;
  }

  /** The source line that adds it. */
  String line() {
    return line;
  }

  FlowDraft flow() {
    return flow;
  }

  List<Stage<?>> inputs() {
    return inputs;
  }

  List<String> inputNames() {
    return inputs.stream().map(Stage::name).toList();
  }

  /** Every param that it reads. */
  List<Param<?>> params() {
    List<Param<?>> all = new ArrayList<>(params);
    all.addAll(declared);
    return all;
  }

  List<String> paramNames() {
    return params().stream().map(Param::name).distinct().toList();
  }

  /** Those given to {@code with}. */
  List<Param<?>> declared() {
    return List.copyOf(declared);
  }

  /** It also reads these, as its definition goes on to say. */
  void read(List<Param<?>> more) {
    params.addAll(more);
  }

  void declare(List<Param<?>> more) {
    declared.addAll(more);
  }

  RetrySpec retry() {
    return retryOn.isEmpty() && neverRetryOn.isEmpty()
        ? retry
        : new RetrySpec(
            retry.maximumAttempts(),
            retry.firstBackoff(),
            retry.factor(),
            retry.maximumBackoff(),
            retryOn.isEmpty() ? null : retryOn,
            neverRetryOn.isEmpty() ? null : neverRetryOn);
  }

  void retryOn(List<String> types) {
    retryOn.addAll(types);
  }

  void neverRetryOn(List<String> types) {
    neverRetryOn.addAll(types);
  }

  void setRetry(RetrySpec retry) {
    this.retry = retry;
  }

  @Nullable Duration timeout() {
    return timeout;
  }

  void setTimeout(Duration timeout) {
    this.timeout = timeout;
  }

  @Nullable CacheSpec cache() {
    return cache;
  }

  void setCache(CacheSpec cache) {
    this.cache = cache;
  }

  Finish finisher() {
    return finish;
  }

  void share(Pool common, int wanted) {
    this.pool = common;
    this.slots = wanted;
  }

  void endBy(Deadline latest) {
    this.deadline = latest;
  }

  void queueOn(String workers) {
    this.queue = workers;
  }

  /** The queue whose workers take it; null for the one that all share. */
  @Nullable String queue() {
    return queue;
  }

  /**
   * What holds it back, what is too late for it, and whose workers take it; null where nothing was
   * said.
   */
  @Nullable LimitSpec limits(Findings findings) {
    if (pool == null && deadline == null && queue == null) {
      return null;
    }
    if (pool != null) {
      Names.check(pool.name(), "pool", findings);
      if (slots < 1) {
        findings.add(
            "It takes %d slots of the pool '%s'.".formatted(slots, pool.name()),
            "One is the least; to take none, leave .pool(…) out.");
      }
    }
    DeadlineSpec latest = deadline == null ? null : deadline.spec(findings);
    return new LimitSpec(
        pool == null ? null : pool.name(), pool == null ? 0 : slots, latest, queue);
  }

  void finishBy(Finish finish) {
    this.finish = finish;
  }

  @Nullable Work finish(Findings findings) {
    return finish.finish(findings.at(place));
  }

  /** Turns what was written into the stage's work. */
  @FunctionalInterface
  interface Finish {

    /** Reports every problem; null where there is no work to speak of. */
    @Nullable Work finish(Findings findings);

    /** For a chain whose last word is missing. */
    static Finish unfinished(String what, String suggestion) {
      return findings -> {
        findings.add(what, suggestion);
        return null;
      };
    }
  }
}
