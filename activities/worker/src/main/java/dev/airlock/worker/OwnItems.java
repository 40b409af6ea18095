package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.RetrySpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.MaskedFailure;
import dev.airlock.store.ItemAttempt;
import dev.airlock.store.ItemEnd;
import dev.airlock.store.Items;
import dev.airlock.workflows.ItemActivities;
import dev.airlock.workflows.ItemsOutcome;
import dev.airlock.workflows.ItemsTask;
import dev.airlock.workflows.MapPlan;
import dev.airlock.workflows.MapRequest;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a task of one's own for the items of a map, in the code that the run began with. */
final class OwnItems implements ItemActivities {

  private static final Logger log = LoggerFactory.getLogger(OwnItems.class);

  /** So often the ends of short items are written down. */
  private static final Duration ROUND = Duration.ofMillis(200);

  private final PipelineCode code;
  private final TaskArguments arguments;
  private final Function<String, SecretValue> secrets;
  private final Documents documents;
  private final Items items;
  private final AttemptLogs logs;
  private final String worker;

  /**
   * @param secrets gives the value of a secret by its name
   * @param logs takes what the calls say
   * @param worker names this process
   */
  OwnItems(
      PipelineCode code,
      TaskArguments arguments,
      Function<String, SecretValue> secrets,
      Documents documents,
      Items items,
      AttemptLogs logs,
      String worker) {
    this.code = code;
    this.arguments = arguments;
    this.secrets = secrets;
    this.documents = documents;
    this.items = items;
    this.logs = logs;
    this.worker = worker;
  }

  @Override
  public MapPlan openItems(MapRequest request) {
    StageTask task = request.task();
    StageOutput list = task.inputs().get(task.stage().inputs().get(0));
    if (list == null) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The stage '%s' gave no list to go over.".formatted(task.stage().inputs().get(0)));
    }
    String digest =
        list instanceof StoredResult stored
            ? stored.digest()
            : documents.put(documents.json(list).getBytes(StandardCharsets.UTF_8));
    ItemList all = list(task, digest);
    try {
      items.open(task.runId(), task.stage().name(), all.size());
    } catch (RuntimeException e) {
      throw StageErrors.toThrow(e);
    }
    return new MapPlan(digest, all.size());
  }

  @Override
  public ItemsOutcome callItems(ItemsTask batch) {
    try {
      StageTask task = batch.task();
      return batch.isolated() ? callOne(task, batch) : callShort(task, batch);
    } catch (RuntimeException e) {
      throw StageErrors.toThrow(e);
    }
  }

  /** One item: its failure is the activity's, which Temporal tries again. */
  private ItemsOutcome callOne(StageTask task, ItemsTask batch) {
    for (ItemAttempt attempt : claim(task, batch)) {
      Instant began = Instant.now();
      try {
        String json = callIn(task, attempt, () -> call(task, batch, attempt.index()));
        write(task, List.of(succeeded(attempt, began, json)));
      } catch (RuntimeException e) {
        if (StageErrors.isOutage(e)) {
          throw e;
        }
        RuntimeException outcome = shown(e, task.stage().retry());
        writeFailure(task, failed(attempt, began, StageErrors.of(outcome)), outcome);
        throw outcome;
      }
    }
    return ItemsOutcome.GOOD;
  }

  /** Short items, each tried as often as the stage says before the next one's turn. */
  private ItemsOutcome callShort(StageTask task, ItemsTask batch) {
    TaskCall call = TaskCall.find(code, arguments, secrets, task, method(task));
    ItemList list = list(task, batch.plan().items());
    List<StageOutput> others = others(task);
    ItemsOutcome outcome = ItemsOutcome.GOOD;
    List<ItemEnd> ends = new ArrayList<>();
    Instant written = Instant.now();
    for (ItemAttempt first : claim(task, batch)) {
      ItemEnd end = callPatiently(task, first, call, list.at(first.index()), others);
      if (end.error() != null) {
        outcome = outcome.and(ItemsOutcome.failed(end.index(), end.error()));
      }
      ends.add(end);
      if (written.plus(ROUND).isBefore(end.endedAt())) {
        write(task, ends);
        ends.clear();
        written = end.endedAt();
      }
    }
    write(task, ends);
    return outcome;
  }

  private ItemEnd callPatiently(
      StageTask task, ItemAttempt first, TaskCall call, JsonNode item, List<StageOutput> others) {
    RetrySpec retry = task.stage().retry();
    Duration pause = retry.firstBackoff();
    ItemAttempt attempt = first;
    for (int number = 1; ; number++) {
      Instant began = Instant.now();
      try {
        return succeeded(
            attempt,
            began,
            callIn(task, attempt, () -> TaskCall.json(call.answer(item, others), method(task))));
      } catch (RuntimeException e) {
        if (StageErrors.isOutage(e) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        RuntimeException outcome = shown(e, retry);
        if (number == retry.maximumAttempts() || isFinal(outcome)) {
          return failed(attempt, began, StageErrors.of(outcome));
        }
        sleep(pause);
        attempt = attempt.again();
        pause = longer(pause, retry);
      }
    }
  }

  private String callIn(StageTask task, ItemAttempt attempt, Supplier<String> call) {
    RunContext context =
        new RunContext(
            task.pipeline(),
            task.runId(),
            task.stage().name(),
            attempt.attempt(),
            task.logicalDate(),
            task.key() + "/" + attempt.index());
    try (AttemptLog said = AttemptLog.ofItem(logs, task.runId(), task.stage().name(), attempt)) {
      said.listen();
      AttemptLog.listenToNewThreads();
      RunContext.Scope scope = context.enter();
      try {
        return call.get();
      } catch (RuntimeException e) {
        log.warn("Attempt {} at {} failed.", attempt.attempt(), context.idempotencyKey(), e);
        throw e;
      } finally {
        scope.close();
      }
    }
  }

  /** As the item's row and Temporal may know it: without the value of a secret. */
  private static RuntimeException shown(RuntimeException failure, RetrySpec retry) {
    return MaskedFailure.of(Retrials.judged(failure, retry));
  }

  private static boolean isFinal(RuntimeException failure) {
    return failure instanceof ApplicationFailure known && known.isNonRetryable();
  }

  private static Duration longer(Duration pause, RetrySpec retry) {
    Duration next = Duration.ofMillis((long) (pause.toMillis() * retry.factor()));
    return next.compareTo(retry.maximumBackoff()) < 0 ? next : retry.maximumBackoff();
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The attempt was interrupted.", e);
    }
  }

  private String call(StageTask task, ItemsTask batch, int index) {
    JsonNode item = list(task, batch.plan().items()).at(index);
    TaskCall call = TaskCall.find(code, arguments, secrets, task, method(task));
    return TaskCall.json(call.answer(item, others(task)), method(task));
  }

  private static Work.Task method(StageTask task) {
    return ((Work.Map) task.stage().work()).task();
  }

  @Override
  public StoredResult gatherItems(StageTask task, MapPlan plan) {
    ItemList list = list(task, plan.items());
    ItemDocument document = new ItemDocument(list);
    items.results(
        task.runId(),
        task.stage().name(),
        row ->
            document.add(
                row.index(), row.result() == null ? stored(row.resultDigest()) : row.result()));
    return documents.keep(document.bytes(), document.items());
  }

  private String stored(@Nullable String digest) {
    if (digest == null) {
      throw new IllegalStateException("An item that succeeded has no result.");
    }
    return new String(documents.get(digest), StandardCharsets.UTF_8);
  }

  private List<ItemAttempt> claim(StageTask task, ItemsTask batch) {
    return items.claim(task.runId(), task.stage().name(), batch.from(), batch.to(), worker);
  }

  private void write(StageTask task, List<ItemEnd> ends) {
    if (!ends.isEmpty()) {
      items.finish(task.runId(), task.stage().name(), ends);
    }
  }

  /** Temporal must hear the attempt's own failure, whatever else goes wrong after it. */
  private void writeFailure(StageTask task, ItemEnd end, RuntimeException failure) {
    try {
      write(task, List.of(end));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private ItemEnd succeeded(ItemAttempt attempt, Instant began, String json) {
    byte[] bytes = Documents.bytes(json);
    boolean isShort = bytes.length <= Documents.TRAVELS;
    return new ItemEnd(
        attempt.index(),
        attempt.attempt(),
        attempt.claimed(),
        dev.airlock.workflows.StageState.SUCCEEDED,
        began,
        Instant.now(),
        null,
        isShort ? json : null,
        isShort ? null : documents.put(bytes));
  }

  private static ItemEnd failed(ItemAttempt attempt, Instant began, StageError error) {
    return new ItemEnd(
        attempt.index(),
        attempt.attempt(),
        attempt.claimed(),
        dev.airlock.workflows.StageState.FAILED,
        began,
        Instant.now(),
        error,
        null,
        null);
  }

  private static List<StageOutput> others(StageTask task) {
    List<StageOutput> all = new ArrayList<>(task.inputs().values());
    return all.subList(1, all.size());
  }

  private ItemList list(StageTask task, String digest) {
    Work.Map work = (Work.Map) task.stage().work();
    JsonNode list = documents.list(digest);
    if (!ItemList.isOne(list, work.nested())) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The stage '%s' gave %s, and a map goes over a list%s."
              .formatted(
                  task.stage().inputs().get(0),
                  ItemList.describe(list),
                  work.nested() ? " of lists" : ""));
    }
    return new ItemList(list, work.nested());
  }
}
