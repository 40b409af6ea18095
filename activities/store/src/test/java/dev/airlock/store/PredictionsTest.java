package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PredictionsTest {

  private static final Instant JANUARY = Instant.parse("1998-01-31T23:30:00Z");
  private static final Instant FEBRUARY = Instant.parse("1998-02-28T00:00:00Z");

  private TestDatabase database;
  private Predictions predictions;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    predictions = database.store().predictions();
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static Prediction prediction(String model, int version, Instant asOf, double score) {
    return new Prediction(
        UUID.randomUUID(),
        model,
        version,
        asOf,
        Instant.parse("2026-01-01T00:00:00.123456Z"),
        score,
        null,
        "{\"log_recency\": 1.5}");
  }

  @Test
  void shouldStoreEachPredictionOnceWhenABatchIsRepeated() {
    List<Prediction> batch =
        List.of(prediction("once", 1, JANUARY, 0.25), prediction("once", 1, JANUARY, 0.75));

    assertEquals(2, predictions.store(batch));
    assertEquals(0, predictions.store(batch));
    assertEquals(0, predictions.store(List.of()));

    assertEquals(batch.get(0), predictions.find(batch.get(0).id()).orElseThrow());
  }

  @Test
  void shouldStoreOnceWhenABatchHoldsTheSameIdTwice() {
    Prediction twice = prediction("twice", 1, JANUARY, 0.5);

    assertEquals(1, predictions.store(List.of(twice, twice)));
  }

  @Test
  void shouldSumUpByDayInUtcAndVersion() {
    predictions.store(
        List.of(
            prediction("summed", 1, JANUARY, 0.2),
            prediction("summed", 1, JANUARY, 0.4),
            prediction("summed", 2, JANUARY, 0.9),
            prediction("summed", 1, FEBRUARY, 0.5)));

    assertEquals(
        List.of(
            new PredictionSummary("summed", 1, LocalDate.of(1998, 1, 31), 2, 0.30000000000000004),
            new PredictionSummary("summed", 2, LocalDate.of(1998, 1, 31), 1, 0.9),
            new PredictionSummary("summed", 1, LocalDate.of(1998, 2, 28), 1, 0.5)),
        predictions.summary("summed"));
  }

  @Test
  void shouldGiveTheLastOfTheSummaryWithoutTheRest() {
    for (int day = 0; day < 5; day++) {
      predictions.store(
          List.of(
              prediction("newest", 1, JANUARY.plus(Duration.ofDays(day)), 0.2),
              prediction("newest", 1, JANUARY.plus(Duration.ofDays(day)), 0.6),
              prediction("newest", 3, JANUARY.plus(Duration.ofDays(2L * day)), 0.9)));
    }
    List<PredictionSummary> all = predictions.summary("newest");

    assertEquals(10, all.size());
    for (int most = 1; most <= 11; most++) {
      assertEquals(
          all.subList(Math.max(0, all.size() - most), all.size()),
          predictions.newest("newest", most),
          "the last " + most);
    }
    assertEquals(List.of(), predictions.newest("never-asked", 5));
  }

  @Test
  void shouldStoreTwentyThousandASecond() {
    List<List<Prediction>> batches = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<Prediction> batch = new ArrayList<>();
      for (int j = 0; j < 2_000; j++) {
        batch.add(prediction("fast", 1, JANUARY, 0.5));
      }
      batches.add(batch);
    }
    predictions.store(batches.get(0));

    long start = System.nanoTime();
    batches.stream().skip(1).forEach(predictions::store);
    Duration taken = Duration.ofNanos(System.nanoTime() - start);

    double perSecond = 38_000 / (taken.toNanos() / 1e9);
    System.out.printf("%.0f predictions stored a second%n", perSecond);
    // A tenth of the aim: this machine may be busy with other things.
    assertTrue(perSecond > 2_000, perSecond + " a second");
    assertEquals(40_000, predictions.summary("fast").get(0).count());
  }
}
