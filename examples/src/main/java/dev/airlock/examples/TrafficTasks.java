package dev.airlock.examples;

import dev.airlock.dsl.Dataset;
import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;

/** What the traffic pipeline does by itself. */
public interface TrafficTasks {

  /**
   * Asks for a prediction for every customer at each of the last three month ends.
   *
   * @param customers rows as {@code repeat-purchase.sql} gives them
   * @param gateway where the gateway answers, without a path
   * @param model the model that is asked
   * @throws IOException where the gateway does not answer, or answers with anything but predictions
   */
  Sent send(Dataset customers, URI gateway, String model) throws IOException, InterruptedException;

  /** What was sent, month end by month end. */
  record Sent(long predictions, List<MonthEnd> monthEnds) {
    public Sent {
      monthEnds = List.copyOf(monthEnds);
    }
  }

  /** The predictions as of one month end. */
  record MonthEnd(LocalDate asOf, long predictions, double meanScore) {}
}
