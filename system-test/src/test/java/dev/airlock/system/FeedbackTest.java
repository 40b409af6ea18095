package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What came true, posted as carelessly as it comes in life: each counts exactly once. */
@ExtendWith(SharedSystem.class)
final class FeedbackTest {

  private static final int MANY = 100_000;
  private static final int ROWS_PER_REQUEST = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The drill is judged under an embargo of 28 days. */
  private static final Instant AS_OF = Instant.parse("2025-01-31T00:00:00Z");

  private static final Instant MATURE = AS_OF.plus(Duration.ofDays(28));

  @BeforeEach
  void haveOneLive(RunningSystem system) {
    Drill.haveOneLive(system);
  }

  @Test
  void shouldCountEachOfAHundredThousandOnceWhenAllArePostedTwice(RunningSystem system) {
    List<UUID> ids = predict(system, MANY);
    awaitStored(system, ids);
    List<Map<String, Object>> feedback = ids.stream().map(id -> label(id, 1, MATURE)).toList();

    JsonNode first = post(system, feedback);
    assertEquals(MANY, first.get("counted").asInt(), () -> head(first));
    assertEquals(ids.stream().map(UUID::toString).toList(), idsOf(first), "in the order asked");
    assertEquals(MANY, labels(system, ids));

    JsonNode again = post(system, feedback);
    assertEquals(MANY, again.get("duplicate").asInt(), () -> head(again));
    assertEquals(0, again.get("counted").asInt());
    assertEquals(MANY, labels(system, ids));
  }

  @Test
  void shouldAnswerEachInItsOrderWhenABatchIsMixed(RunningSystem system) {
    List<UUID> ids = predict(system, 5);
    awaitStored(system, ids);
    UUID stranger = UUID.randomUUID();

    JsonNode answer =
        post(
            system,
            List.of(
                label(ids.get(4), 0, MATURE.plus(Duration.ofDays(31))),
                label(ids.get(0), 1, MATURE),
                label(ids.get(1), 1, MATURE.minusSeconds(1)),
                label(ids.get(0), 1, MATURE),
                label(ids.get(0), 0, MATURE),
                label(stranger, 1, MATURE),
                Map.of("predictionId", "no id", "label", 1, "at", MATURE.toString()),
                label(ids.get(2), 0, MATURE)));

    assertEquals(
        List.of(
            "late",
            "counted",
            "too-early",
            "duplicate",
            "conflict",
            "unknown",
            "invalid",
            "counted"),
        states(answer));
    assertTrue(
        answer.get("items").get(2).get("detail").asText().contains("2025-02-28"),
        () -> "names the moment of maturity: " + answer.get("items").get(2));
    assertEquals(3, labels(system, ids), "0 and 2, and 4 though late");
  }

  @Test
  void shouldCountALabelOnceWhenItComesBeforeItsPrediction(RunningSystem system) {
    UUID id = UUID.randomUUID();
    assertEquals(List.of("unknown"), states(post(system, List.of(label(id, 1, MATURE)))));
    assertEquals(List.of("unknown"), states(post(system, List.of(label(id, 1, MATURE)))));
    assertEquals(0, labels(system, List.of(id)));

    new Asking(system.url(), Drill.MODEL).ask(List.of(Asking.Row.of("early").named(id)), AS_OF);

    Await.holds(PATIENCE, "the label to be counted", () -> labels(system, List.of(id)) == 1);
    assertEquals(List.of("duplicate"), states(post(system, List.of(label(id, 1, MATURE)))));
  }

  @Test
  void shouldCountAPredictionOnceWhenItsClientAsksAgain(RunningSystem system) {
    UUID id = UUID.randomUUID();
    Asking asking = new Asking(system.url(), Drill.MODEL);
    asking.ask(List.of(Asking.Row.of("again").named(id)), AS_OF);
    asking.ask(List.of(Asking.Row.of("again").named(id)), AS_OF);
    List<UUID> after = predict(system, 1);

    awaitStored(system, after);
    assertEquals(1, system.count("select count(*) from prediction where id = ?", id));
    assertEquals(List.of("counted"), states(post(system, List.of(label(id, 1, MATURE)))));
  }

  private static List<UUID> predict(RunningSystem system, int count) {
    Asking asking = new Asking(system.url(), Drill.MODEL);
    List<UUID> ids = new ArrayList<>();
    for (int from = 0; from < count; from += ROWS_PER_REQUEST) {
      List<Asking.Row> rows = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + ROWS_PER_REQUEST); i++) {
        UUID id = UUID.randomUUID();
        ids.add(id);
        rows.add(Asking.Row.of(Integer.toString(i)).named(id));
      }
      asking.ask(rows, AS_OF);
    }
    return ids;
  }

  private static void awaitStored(RunningSystem system, List<UUID> ids) {
    Await.holds(
        PATIENCE,
        ids.size() + " predictions to be stored",
        () -> among(system, "prediction where id", ids) == ids.size());
  }

  private static long labels(RunningSystem system, List<UUID> ids) {
    return among(system, "label where prediction_id", ids);
  }

  private static long among(RunningSystem system, String column, List<UUID> ids) {
    return system.count(
        "select count(*) from " + column + " = any (?)", (Object) ids.toArray(UUID[]::new));
  }

  private static Map<String, Object> label(UUID id, int label, Instant at) {
    return Map.of("predictionId", id.toString(), "label", label, "at", at.toString());
  }

  private static JsonNode post(RunningSystem system, List<Map<String, Object>> feedback) {
    Client.Answer answer = system.as("engineer").post("/api/v1/feedback", feedback);
    assertEquals(202, answer.status(), answer::text);
    assertEquals(feedback.size(), answer.body().get("items").size());
    return answer.body();
  }

  private static List<String> states(JsonNode answer) {
    List<String> states = new ArrayList<>();
    answer.get("items").forEach(item -> states.add(item.get("state").asText()));
    return states;
  }

  private static List<String> idsOf(JsonNode answer) {
    List<String> ids = new ArrayList<>();
    answer.get("items").forEach(item -> ids.add(item.get("predictionId").asText()));
    return ids;
  }

  private static String head(JsonNode answer) {
    Set<String> seen = new HashSet<>(states(answer));
    return seen + " " + answer.get("items").get(0);
  }
}
