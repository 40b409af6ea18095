package dev.airlock.examples;

import dev.airlock.examples.GatewayTraffic.Customer;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Requests and answers of the Open Inference Protocol (REST, version 2). */
final class Inference {

  /** The numbers of the first output, which has no objects inside it. */
  private static final Pattern SCORES =
      Pattern.compile("\"outputs\"\\s*:\\s*\\[\\s*\\{[^{}]*\"data\"\\s*:\\s*\\[([^\\]]*)]");

  private Inference() {}

  /**
   * A request for the predictions of some customers.
   *
   * @param from where the batch starts among all customers of that month end; part of its id
   */
  static String request(LocalDate asOf, int from, List<Customer> batch) {
    StringBuilder json =
        new StringBuilder(
            """
            {"id":"%s-%d","parameters":{"asOf":"%sT00:00:00Z"},"inputs":["""
                .formatted(asOf, from, asOf));
    input(json, "customer_id", "BYTES", batch, customer -> "\"" + customer.id() + "\"");
    json.append(',');
    input(json, "prediction_id", "BYTES", batch, one -> "\"" + one.prediction() + "\"");
    for (int i = 0; i < RepeatPurchase.FEATURES.size(); i++) {
      int feature = i;
      json.append(',');
      input(
          json,
          RepeatPurchase.FEATURES.get(i),
          "FP64",
          batch,
          customer -> customer.features().get(feature).toString());
    }
    return json.append("]}").toString();
  }

  private static void input(
      StringBuilder json,
      String name,
      String datatype,
      List<Customer> batch,
      Function<Customer, String> value) {
    json.append(
        batch.stream()
            .map(value)
            .collect(
                Collectors.joining(
                    ",",
                    "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%d],\"data\":["
                        .formatted(name, datatype, batch.size()),
                    "]}")));
  }

  /**
   * The scores of an answer.
   *
   * @throws IOException where there are not as many as expected
   */
  static double[] scores(String answer, int expected) throws IOException {
    Matcher found = SCORES.matcher(answer);
    if (!found.find()) {
      throw new IOException("The gateway's answer has no scores: " + answer);
    }
    String[] numbers = found.group(1).split(",", -1);
    if (numbers.length != expected) {
      throw new IOException(
          "%d scores were expected, %d came.".formatted(expected, numbers.length));
    }
    double[] scores = new double[expected];
    for (int i = 0; i < expected; i++) {
      scores[i] = Double.parseDouble(numbers[i].strip());
    }
    return scores;
  }
}
