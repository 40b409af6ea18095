package dev.airlock.examples;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Sends over HTTP, the month ends in turn, {@value #BATCH} customers of one month end at a time.
 * Sending again asks again: the predictions carry the same ids, so that each counts once.
 */
final class GatewayTraffic implements TrafficTasks {

  private static final int MONTH_ENDS = 3;
  private static final int BATCH = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  @Override
  public Sent send(Dataset customers, URI gateway, String model, String wave, Duration over)
      throws IOException, InterruptedException {
    NavigableMap<LocalDate, List<Customer>> monthEnds = latest(customers, model + "/" + wave);
    if (monthEnds.isEmpty()) {
      throw new IOException("There is no month end with customers in " + customers.name() + ".");
    }
    URI infer = gateway.resolve("/v2/models/" + model + "/infer");
    List<Batch> batches = batches(monthEnds);
    Map<LocalDate, Double> sums = new HashMap<>();
    Pace pace = new Pace(over, batches.size());
    for (Batch batch : batches) {
      pace.awaitNext();
      String body = Inference.request(batch.asOf(), batch.from(), batch.customers());
      for (double score : ask(infer, body, batch.customers().size())) {
        sums.merge(batch.asOf(), score, Double::sum);
      }
    }
    return sent(monthEnds, sums);
  }

  private double[] ask(URI infer, String body, int expected)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(infer)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(
          "%s answered %d: %s".formatted(infer, answer.statusCode(), answer.body()));
    }
    return Inference.scores(answer.body(), expected);
  }

  private static Sent sent(
      NavigableMap<LocalDate, List<Customer>> monthEnds, Map<LocalDate, Double> sums) {
    List<MonthEnd> sent = new ArrayList<>();
    monthEnds.forEach(
        (asOf, customers) ->
            sent.add(
                new MonthEnd(
                    asOf, customers.size(), sums.getOrDefault(asOf, 0.0) / customers.size())));
    return new Sent(sent.stream().mapToLong(MonthEnd::predictions).sum(), sent);
  }

  /**
   * The first batch of each month end, then the second of each, and so on. Within a month end the
   * customers go by their predictions' ids, which say nothing about them.
   */
  private static List<Batch> batches(NavigableMap<LocalDate, List<Customer>> monthEnds) {
    List<Batch> batches = new ArrayList<>();
    monthEnds.forEach(
        (asOf, customers) -> {
          customers.sort(Comparator.comparing(Customer::prediction));
          for (int from = 0; from < customers.size(); from += BATCH) {
            int to = Math.min(from + BATCH, customers.size());
            batches.add(new Batch(asOf, from, customers.subList(from, to)));
          }
        });
    batches.sort(Comparator.comparingInt(Batch::from).thenComparing(Batch::asOf));
    return batches;
  }

  /** The customers at the last month ends, in the order of time. */
  private static NavigableMap<LocalDate, List<Customer>> latest(Dataset customers, String sending) {
    NavigableMap<LocalDate, List<Customer>> snapshots = new TreeMap<>();
    try (Stream<Row> rows = customers.rows()) {
      rows.forEach(
          row -> {
            LocalDate asOf = row.date("as_of");
            if (snapshots.size() < MONTH_ENDS || !asOf.isBefore(snapshots.firstKey())) {
              snapshots
                  .computeIfAbsent(asOf, date -> new ArrayList<>())
                  .add(Customer.of(row, sending));
            }
            if (snapshots.size() > MONTH_ENDS) {
              snapshots.pollFirstEntry();
            }
          });
    }
    return snapshots;
  }

  /**
   * Some customers of one month end.
   *
   * @param from how many of that month end come before
   */
  private record Batch(LocalDate asOf, int from, List<Customer> customers) {}

  /**
   * A customer as they stood.
   *
   * @param prediction the id under which they are asked about
   * @param features in the order of {@link RepeatPurchase#FEATURES}
   */
  record Customer(long id, UUID prediction, List<Double> features) {

    static Customer of(Row row, String sending) {
      long id = row.integer("customer_id");
      String name = "%s/%d/%s".formatted(sending, id, row.date("as_of"));
      return new Customer(
          id,
          UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
          RepeatPurchase.FEATURES.stream().map(row::decimal).toList());
    }
  }

  /** Spreads steps evenly over a time. A step that comes late makes the next ones hurry. */
  private static final class Pace {

    private final long over;
    private final int steps;
    private final long start = System.nanoTime();
    private int next;

    Pace(Duration over, int steps) {
      this.over = over.toNanos();
      this.steps = steps;
    }

    void awaitNext() throws InterruptedException {
      long due = start + (long) ((double) over * next++ / steps);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(left).toMillis(), (int) (left % 1_000_000));
      }
    }
  }
}
