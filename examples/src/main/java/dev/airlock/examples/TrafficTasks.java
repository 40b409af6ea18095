package dev.airlock.examples;

import dev.airlock.dsl.Dataset;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/** What the traffic pipeline does by itself. */
public interface TrafficTasks {

  /**
   * Asks for a prediction for every customer at each of the last three month ends, under an id that
   * is the same whenever the same is asked in the same wave.
   *
   * @param customers rows as {@code repeat-purchase.sql} gives them
   * @param gateway where the gateway answers, without a path
   * @param model the model that is asked
   * @param wave names this sending among others of the same customers
   * @param over how long it takes; customers and month ends are mixed, so that each part of it is
   *     like the others. Zero for as fast as it can
   * @throws IOException where the gateway does not answer, or answers with anything but predictions
   */
  Sent send(Dataset customers, URI gateway, String model, String wave, Duration over)
      throws IOException, InterruptedException;

  /** What was sent, month end by month end. */
  record Sent(long predictions, List<MonthEnd> monthEnds) {
    public Sent {
      monthEnds = List.copyOf(monthEnds);
    }
  }

  /** The predictions as of one month end. */
  record MonthEnd(LocalDate asOf, long predictions, double meanScore) {}
}
