package dev.airlock.monitoring;

import dev.airlock.store.ServiceSample;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The samples of all gateways, added up.
 *
 * @param latency in microseconds
 */
record Traffic(long requests, long errors, Histogram latency) {
  /** The fewest requests that a share or a 99th percentile is taken of. */
  static final int FEWEST = 30;

  private static final int DIGITS = 3;
  private static final double MICROS = 1000;
  private static final double PERCENT = 99;

  /**
   * Adds samples up.
   *
   * @throws IllegalArgumentException where a sample's latency is no histogram
   */
  static Traffic of(List<ServiceSample> samples) {
    Sum sum = new Sum();
    samples.forEach(sum);
    return sum.traffic();
  }

  /** Adds samples up one by one, and keeps none of them. */
  static final class Sum implements Consumer<ServiceSample> {
    private final Histogram latency = new Histogram(DIGITS);
    private long requests;
    private long errors;

    /**
     * Adds a sample.
     *
     * @throws IllegalArgumentException where its latency is no histogram
     */
    @Override
    public void accept(ServiceSample sample) {
      requests += sample.requests();
      errors += sample.errors();
      latency.add(decoded(sample));
    }

    Traffic traffic() {
      return new Traffic(requests, errors, latency);
    }
  }

  private static Histogram decoded(ServiceSample sample) {
    try {
      byte[] bytes = Base64.getDecoder().decode(sample.latency());
      return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    } catch (DataFormatException | RuntimeException e) {
      throw new IllegalArgumentException(
          "The latency that %s counted for %s version %d at %s is no HdrHistogram: expected its compressed V2 encoding as Base64"
              .formatted(sample.gateway(), sample.model(), sample.version(), sample.at()),
          e);
    }
  }

  double errorRate() {
    return errors / (double) requests;
  }

  /** The 99th percentile of the time that an answer takes, in milliseconds. */
  double p99Millis() {
    return latency.getValueAtPercentile(PERCENT) / MICROS;
  }

  /** How many answers took longer. */
  long slowerThan(double millis) {
    long micros = Math.round(millis * MICROS);
    long within = latency.getCountBetweenValues(0, Math.min(micros, latency.getMaxValue()));
    return latency.getTotalCount() - within;
  }

  /** How many answers were timed. */
  long timed() {
    return latency.getTotalCount();
  }
}
