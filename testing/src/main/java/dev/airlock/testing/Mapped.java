package dev.airlock.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ItemActivities;
import dev.airlock.workflows.ItemLedger;
import dev.airlock.workflows.ItemsOutcome;
import dev.airlock.workflows.ItemsTask;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.MapPlan;
import dev.airlock.workflows.MapRequest;
import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The items of maps: as many as the list before them has, and none is really called. */
final class Mapped implements ItemActivities {

  private final Script script;
  private final Players players;
  private final Map<String, String> documents = new ConcurrentHashMap<>();

  Mapped(Script script, Players players) {
    this.script = script;
    this.players = players;
  }

  @Override
  public MapPlan openItems(MapRequest request) {
    StageTask task = request.task();
    StageOutput given = task.inputs().get(task.stage().inputs().get(0));
    String json =
        given instanceof StoredResult stored
            ? documents.getOrDefault(stored.digest(), "null")
            : given instanceof TaskResult result ? result.json() : "null";
    JsonNode list = Json.read(json, JsonNode.class);
    if (!list.isArray()) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The rehearsal does not know the list of '%s': say it by .taskGives(\"%s\", List.of(…))."
              .formatted(task.stage().name(), task.stage().inputs().get(0)));
    }
    return new MapPlan(keep(json), isNested(task.stage()) ? leaves(list) : list.size());
  }

  private static boolean isNested(StageSpec stage) {
    return ((Work.Map) stage.work()).nested();
  }

  private static int leaves(JsonNode lists) {
    int leaves = 0;
    for (JsonNode list : lists) {
      leaves += list.size();
    }
    return leaves;
  }

  @Override
  public ItemsOutcome callItems(ItemsTask batch) {
    players.begin(batch.task());
    ItemsOutcome outcome = ItemsOutcome.GOOD;
    String stage = batch.task().stage().name();
    for (int index = batch.from(); index < batch.to(); index++) {
      String fault = script.itemFailure(stage, index).orElse(null);
      if (fault != null && batch.isolated()) {
        throw new Players.RehearsedFailure(fault);
      }
      if (fault != null) {
        outcome =
            outcome.and(ItemsOutcome.failed(index, new StageError("rehearsed", fault, List.of())));
      }
    }
    return outcome;
  }

  @Override
  public StoredResult gatherItems(StageTask task, MapPlan plan) {
    String stage = task.stage().name();
    String json = script.saidResult(stage).orElseGet(() -> nulls(task.stage(), plan));
    return new StoredResult(keep(json), json.length(), Json.read(json, JsonNode.class).size());
  }

  /** A null for each item that did not fail, in the shape of the list. */
  private String nulls(StageSpec stage, MapPlan plan) {
    JsonNode list = Json.read(documents.getOrDefault(plan.items(), "[]"), JsonNode.class);
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    int index = 0;
    for (JsonNode element : list) {
      ArrayNode into = isNested(stage) ? results.addArray() : results;
      int calls = isNested(stage) ? element.size() : 1;
      for (int call = 0; call < calls; call++) {
        if (script.itemFailure(stage.name(), index++).isEmpty()) {
          into.addNull();
        }
      }
    }
    return results.toString();
  }

  private String keep(String json) {
    String digest = Json.digest(json.getBytes(StandardCharsets.UTF_8));
    documents.put(digest, json);
    return digest;
  }

  /** Nobody looks at the rows of items in a rehearsal. */
  static final class Ends implements ItemLedger {

    @Override
    public int itemsLost(long runId, String stage, int from, int to, StageError error) {
      return to - from;
    }

    @Override
    public void cancelItems(long runId, String stage) {}
  }
}
