package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Rollouts.TrafficPoint;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What versions have answered over time, as pages and REST draw it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TrafficTest {

  private static final String MODEL = "m";
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final int SPAN = 900;

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void openDatabase() {
    database = TestDatabase.fresh();
    store = database.store();
  }

  @BeforeEach
  void empty() {
    database.emptied();
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** Some of a quarter of an hour's seconds, by two gateways and two versions. */
  private static List<ServiceSample> quarter() {
    Random random = new Random(42);
    List<ServiceSample> samples = new ArrayList<>();
    for (int second = 0; second < SPAN; second++) {
      for (String gateway : List.of("g1", "g2")) {
        int version = 1 + random.nextInt(2);
        int rows = 1 + random.nextInt(9);
        if (random.nextInt(3) > 0) {
          samples.add(sample(gateway, version, NOON.plusSeconds(second), rows));
        }
      }
    }
    return samples;
  }

  private static ServiceSample sample(String gateway, int version, Instant at, long rows) {
    return new ServiceSample(gateway, MODEL, version, at, DAY, 1, rows, rows / 8, "HISTOGRAM");
  }

  @Test
  void shouldHoldInItsSlicesWhatTheirSecondsHold() {
    List<ServiceSample> samples = quarter();
    store.service().store(samples);

    for (int seconds : List.of(1, 7, 59, 60, 120, 300)) {
      for (int from : List.of(0, 1, 37, 59, 60, 61, 119, 400)) {
        for (int to : List.of(0, 38, 60, 119, 120, 130, 461, SPAN, 2 * SPAN)) {
          Instant since = NOON.plusSeconds(from).plusMillis(250);
          Instant until = NOON.plusSeconds(to).plusMillis(750);

          assertEquals(
              expected(samples, since, until, seconds),
              store.rollouts().traffic(MODEL, since, until, seconds),
              () -> "slices of %d s from %d to %d".formatted(seconds, from, to));
        }
      }
    }
    assertEquals(
        expected(samples, NOON.plusSeconds(95), null, 60),
        store.rollouts().traffic(MODEL, NOON.plusSeconds(95), null, 60),
        "until now");
  }

  private static List<TrafficPoint> expected(
      List<ServiceSample> samples, Instant since, @Nullable Instant until, int seconds) {
    Instant first = Rollouts.firstSlice(since, seconds);
    Instant opens = Rollouts.firstSlice(since, 1);
    Function<ServiceSample, Instant> slice =
        sample ->
            first.plusSeconds(Duration.between(first, sample.at()).toSeconds() / seconds * seconds);
    Map<Instant, Map<Integer, List<ServiceSample>>> slices =
        samples.stream()
            .filter(sample -> !sample.at().isBefore(opens))
            .filter(sample -> until == null || !sample.at().isAfter(until))
            .collect(Collectors.groupingBy(slice, Collectors.groupingBy(ServiceSample::version)));
    List<TrafficPoint> points = new ArrayList<>();
    slices.forEach(
        (at, versions) ->
            versions.forEach(
                (version, own) ->
                    points.add(
                        new TrafficPoint(
                            at,
                            seconds,
                            version,
                            own.stream().mapToLong(ServiceSample::requests).sum(),
                            own.stream().mapToLong(ServiceSample::predictions).sum(),
                            own.stream().mapToLong(ServiceSample::errors).sum()))));
    points.sort(Comparator.comparing(TrafficPoint::at).thenComparing(TrafficPoint::version));
    return points;
  }

  @Test
  void shouldCountWhatComesTwiceOnce() {
    List<ServiceSample> samples = quarter();
    List<ServiceSample> half = samples.subList(0, samples.size() / 2);

    store.service().store(half);
    store.service().store(half);
    store.service().store(samples);

    assertEquals(
        expected(samples, NOON, null, 60), store.rollouts().traffic(MODEL, NOON, null, 60));
  }

  @Test
  void shouldTakeTheSameMinutesFromManyAtOnce() {
    List<CompletableFuture<Void>> senders = new ArrayList<>();
    List<ServiceSample> all = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      String gateway = "g" + i;
      Random order = new Random(i);
      senders.add(
          CompletableFuture.runAsync(
              () -> {
                for (int batch = 0; batch < 25; batch++) {
                  List<ServiceSample> samples = new ArrayList<>();
                  for (int minute = 0; minute < 20; minute++) {
                    Instant at = NOON.plusSeconds(minute * 60 + batch);
                    samples.add(sample(gateway, 1 + minute % 2, at, 2));
                  }
                  Collections.shuffle(samples, order);
                  store.service().store(samples);
                  all.addAll(samples);
                }
              }));
    }

    senders.forEach(CompletableFuture::join);

    assertEquals(expected(all, NOON, null, 60), store.rollouts().traffic(MODEL, NOON, null, 60));
  }

  @Test
  void shouldForgetMinutesWithTheirSeconds() {
    store.service().store(quarter());

    assertTrue(store.service().forget(NOON.plusSeconds(SPAN)) > 0);

    assertEquals(List.of(), store.rollouts().traffic(MODEL, NOON, null, 60));
    assertEquals(List.of(), store.rollouts().traffic(MODEL, NOON, null, 1));
  }

  @Test
  void shouldCutASpanIntoNoMoreSlicesThanAskedFor() {
    for (int span : List.of(0, 1, 159, 160, 161, 9_439, 9_440, 9_600, 604_800, 40_000_000)) {
      int seconds = Rollouts.slice(Duration.ofSeconds(span), 160);

      assertTrue(seconds < 60 || seconds % 60 == 0, () -> "whole minutes: " + seconds);
      assertTrue(span / seconds < 160, () -> span + " s in slices of " + seconds);
    }
    assertEquals(1, Rollouts.slice(Duration.ofSeconds(159), 160));
    assertEquals(3_840, Rollouts.slice(Duration.ofDays(7), 160));
    assertFalse(Rollouts.slice(Duration.ofMinutes(5), 160) > 2, "seconds of what is short");
  }
}
