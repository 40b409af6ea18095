package dev.airlock.web.gateway;

import dev.airlock.store.ServiceSample;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;

/**
 * Counts requests, predictions, errors and latencies of each version, by the second that is running
 * and the day of event time that was asked for. Latencies are kept to two significant digits.
 */
public final class ServiceCounts {
  /** Of one second; a request for yet another event day is not counted in it. */
  private static final int MOST_CELLS = 2_000;

  private static final int SIGNIFICANT_DIGITS = 2;
  private static final long LONGEST_MICROS = 3_600_000_000L;
  private static final long NANOS_PER_MICRO = 1_000;

  private final String gateway;
  private final Clock clock;
  private final Map<Key, Cell> running = new HashMap<>();
  private final List<ServiceSample> over = new ArrayList<>();
  private long second;

  /**
   * Has counted nothing yet.
   *
   * @param gateway that counts; unique among all
   */
  public ServiceCounts(String gateway) {
    this(gateway, Clock.systemUTC());
  }

  ServiceCounts(String gateway, Clock clock) {
    this.gateway = gateway;
    this.clock = clock;
    this.second = clock.instant().getEpochSecond();
  }

  private record Key(String model, int version, LocalDate asOf) {}

  private static final class Cell {
    final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    long requests;
    long predictions;
    long errors;
  }

  /**
   * Counts a request that has just been answered, or not.
   *
   * @param predictions how many of its rows the version answered
   */
  synchronized void count(
      String model, int version, Instant asOf, int predictions, boolean isError, long nanos) {
    turn();
    Key key = new Key(model, version, asOf.atZone(ZoneOffset.UTC).toLocalDate());
    Cell cell = running.get(key);
    if (cell == null) {
      if (running.size() >= MOST_CELLS) {
        return;
      }
      cell = new Cell();
      running.put(key, cell);
    }
    cell.requests++;
    cell.predictions += predictions;
    cell.errors += isError ? 1 : 0;
    cell.latency.recordValue(Math.max(0, Math.min(nanos / NANOS_PER_MICRO, LONGEST_MICROS)));
  }

  /** Answers the samples of all seconds that are over, each once. */
  synchronized List<ServiceSample> takeFinished() {
    turn();
    return take();
  }

  /** Answers all samples, the running second's too, which then is over. */
  synchronized List<ServiceSample> takeAll() {
    turn();
    close();
    second++;
    return take();
  }

  private List<ServiceSample> take() {
    List<ServiceSample> taken = List.copyOf(over);
    over.clear();
    return taken;
  }

  /** A clock that is set back must not open a second again that is stored already. */
  private void turn() {
    long now = clock.instant().getEpochSecond();
    if (now > second) {
      close();
      second = now;
    }
  }

  private void close() {
    Instant at = Instant.ofEpochSecond(second);
    running.forEach(
        (key, cell) ->
            over.add(
                new ServiceSample(
                    gateway,
                    key.model(),
                    key.version(),
                    at,
                    key.asOf(),
                    cell.requests,
                    cell.predictions,
                    cell.errors,
                    encoded(cell.latency))));
    running.clear();
  }

  private static String encoded(Histogram latency) {
    ByteBuffer bytes = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
    int length = latency.encodeIntoCompressedByteBuffer(bytes, Deflater.DEFAULT_COMPRESSION);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }
}
