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
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sends over HTTP, a thousand customers at a time, oldest month end first. Sending again asks
 * again: the requests carry the same ids.
 */
final class GatewayTraffic implements TrafficTasks {

  private static final int MONTH_ENDS = 3;
  private static final int BATCH = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  @Override
  public Sent send(Dataset customers, URI gateway, String model)
      throws IOException, InterruptedException {
    URI infer = gateway.resolve("/v2/models/" + model + "/infer");
    List<MonthEnd> monthEnds = new ArrayList<>();
    for (Map.Entry<LocalDate, List<Customer>> snapshot : latest(customers).entrySet()) {
      monthEnds.add(sendMonthEnd(infer, snapshot.getKey(), snapshot.getValue()));
    }
    if (monthEnds.isEmpty()) {
      throw new IOException("There is no month end with customers in " + customers.name() + ".");
    }
    return new Sent(monthEnds.stream().mapToLong(MonthEnd::predictions).sum(), monthEnds);
  }

  private MonthEnd sendMonthEnd(URI infer, LocalDate asOf, List<Customer> customers)
      throws IOException, InterruptedException {
    customers.sort(Comparator.comparingLong(Customer::id));
    double sum = 0;
    for (int from = 0; from < customers.size(); from += BATCH) {
      List<Customer> batch = customers.subList(from, Math.min(from + BATCH, customers.size()));
      for (double score : ask(infer, Inference.request(asOf, from, batch), batch.size())) {
        sum += score;
      }
    }
    return new MonthEnd(asOf, customers.size(), sum / customers.size());
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

  /** The customers at the last month ends, in the order of time. */
  private static NavigableMap<LocalDate, List<Customer>> latest(Dataset customers) {
    NavigableMap<LocalDate, List<Customer>> snapshots = new TreeMap<>();
    try (Stream<Row> rows = customers.rows()) {
      rows.forEach(
          row -> {
            LocalDate asOf = row.date("as_of");
            if (snapshots.size() < MONTH_ENDS || !asOf.isBefore(snapshots.firstKey())) {
              snapshots.computeIfAbsent(asOf, date -> new ArrayList<>()).add(Customer.of(row));
            }
            if (snapshots.size() > MONTH_ENDS) {
              snapshots.pollFirstEntry();
            }
          });
    }
    return snapshots;
  }

  /**
   * A customer as they stood.
   *
   * @param features in the order of {@link RepeatPurchase#FEATURES}
   */
  record Customer(long id, List<Double> features) {

    static Customer of(Row row) {
      return new Customer(
          row.integer("customer_id"), RepeatPurchase.FEATURES.stream().map(row::decimal).toList());
    }
  }
}
