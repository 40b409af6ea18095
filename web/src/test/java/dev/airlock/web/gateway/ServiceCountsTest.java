package dev.airlock.web.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.ServiceSample;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class ServiceCountsTest {
  private static final Instant JANUARY = Instant.parse("1998-01-31T23:00:00Z");
  private static final Instant FEBRUARY = Instant.parse("1998-02-28T00:00:00Z");

  private final Ticking clock = new Ticking();
  private final ServiceCounts counts = new ServiceCounts("g", clock);

  /** A clock that a test moves. */
  private static final class Ticking extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00.5Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void shouldCountByVersionSecondAndEventDay() throws DataFormatException {
    for (int i = 1; i <= 100; i++) {
      counts.count("m", 1, JANUARY, 2, i == 7, i * 1_000_000L);
    }
    counts.count("m", 1, FEBRUARY, 1, false, 1_000);
    counts.count("m", 2, JANUARY, 0, true, 1_000);
    assertEquals(List.of(), counts.takeFinished(), "the second is not over");
    clock.now = clock.now.plusSeconds(1);
    List<ServiceSample> samples = counts.takeFinished();
    assertEquals(3, samples.size());
    assertEquals(List.of(), counts.takeFinished(), "each once");
    ServiceSample sample =
        samples.stream().filter(each -> each.requests() == 100).findFirst().orElseThrow();
    assertEquals(200, sample.predictions());
    assertEquals(1, sample.errors());
    assertEquals(LocalDate.of(1998, 1, 31), sample.asOf());
    assertEquals(Instant.parse("2026-01-01T00:00:00Z"), sample.at());
    Histogram latency =
        Histogram.decodeFromCompressedByteBuffer(
            ByteBuffer.wrap(Base64.getDecoder().decode(sample.latency())), 0);
    assertEquals(100, latency.getTotalCount());
    assertEquals(99_000.0, (double) latency.getValueAtPercentile(99), 1_000.0);
  }

  @Test
  void shouldNeverOpenASecondAgainWhenTheClockIsSetBack() {
    counts.count("m", 1, JANUARY, 1, false, 1);
    clock.now = clock.now.plusSeconds(5);
    Instant first = counts.takeFinished().get(0).at();
    clock.now = clock.now.minusSeconds(60);
    counts.count("m", 1, JANUARY, 1, false, 1);
    ServiceSample next = counts.takeAll().get(0);
    assertTrue(next.at().isAfter(first), next.at() + " is stored already");
  }

  private static List<ServiceSample> samples(int from, int number) {
    List<ServiceSample> samples = new ArrayList<>();
    for (int i = from; i < from + number; i++) {
      samples.add(
          new ServiceSample(
              "g", "m", 1, Instant.ofEpochSecond(i), LocalDate.of(1998, 1, 31), 1, 1, 0, ""));
    }
    return samples;
  }

  @Test
  void shouldKeepWhatWaitsWithinBoundsAndSpanTheWholeOutage() {
    AtomicBoolean isAway = new AtomicBoolean(true);
    List<ServiceSample> stored = new ArrayList<>();
    ServiceShipper shipper =
        new ServiceShipper(
            counts,
            batch -> {
              if (isAway.get()) {
                throw new IllegalStateException("connection refused");
              }
              stored.addAll(batch);
            });
    int number = 0;
    for (; number < 100_000; number += 1_000) {
      shipper.ship(samples(number, 1_000));
      assertTrue(shipper.waiting() <= ServiceShipper.MOST_WAITING, "" + shipper.waiting());
    }
    isAway.set(false);
    shipper.close();
    assertEquals(0, shipper.waiting());
    assertEquals(0, stored.get(0).at().getEpochSecond());
    assertTrue(stored.get(stored.size() - 1).at().getEpochSecond() > number - 10);
    assertTrue(stored.size() > ServiceShipper.MOST_WAITING / 4, "" + stored.size());
  }
}
