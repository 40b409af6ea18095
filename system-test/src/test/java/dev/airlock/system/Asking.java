package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks one gateway about customers of one model, whose features are {@code visits, spend}. Not by
 * the JDK's newer client: of some 300,000 requests on one connection it loses one, which the
 * gateway has not lost. Nothing is sent twice.
 */
final class Asking {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration PATIENCE_WITH_A_CONNECTION = Duration.ofSeconds(2);
  private static final int FIRST_OF_ERRORS = 400;

  static {
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final URI gateway;
  private final String model;

  Asking(URI gateway, String model) {
    this.gateway = gateway;
    this.model = model;
  }

  /**
   * One row.
   *
   * @param id of the prediction; null lets the gateway choose
   */
  record Row(@Nullable UUID id, String customer, double visits, double spend) {

    /** A row like those that the model was trained on; the same for a customer each time. */
    static Row of(String customer) {
      int bucket = Bucket.of("rows", customer);
      return new Row(null, customer, bucket % 20, bucket / 100.0);
    }

    Row named(UUID name) {
      return new Row(name, customer, visits, spend);
    }

    Row visiting(double times) {
      return new Row(id, customer, times, spend);
    }
  }

  /** Which version answers each customer now. */
  Map<String, Integer> versions(List<String> customers) {
    List<Integer> versions =
        versions(ask(customers.stream().map(Row::of).toList(), null), customers);
    Map<String, Integer> byCustomer = new LinkedHashMap<>();
    for (int i = 0; i < versions.size(); i++) {
      byCustomer.put(customers.get(i), versions.get(i));
    }
    return byCustomer;
  }

  private static List<Integer> versions(JsonNode answer, List<String> customers) {
    JsonNode perRow = answer.at("/parameters/versions");
    List<Integer> versions = new ArrayList<>();
    for (int i = 0; i < customers.size(); i++) {
      versions.add(perRow.isArray() ? perRow.get(i).asInt() : answer.get("model_version").asInt());
    }
    return versions;
  }

  /** The body of an answer that went well. */
  JsonNode ask(List<Row> rows, @Nullable Instant asOf) {
    Reply reply = send(rows, asOf);
    if (reply.status() != 200) {
      throw new AssertionError(gateway + " answered " + reply.status() + ": " + reply.body());
    }
    return reply.json();
  }

  /** What the gateway has said. */
  record Reply(int status, String body) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Asks once.
   *
   * @throws UncheckedIOException where there is no answer
   */
  Reply send(List<Row> rows, @Nullable Instant asOf) {
    try {
      HttpURLConnection asked =
          (HttpURLConnection)
              gateway.resolve("/v2/models/" + model + "/infer").toURL().openConnection();
      asked.setConnectTimeout((int) PATIENCE_WITH_A_CONNECTION.toMillis());
      asked.setReadTimeout((int) PATIENCE.toMillis());
      asked.setRequestMethod("POST");
      asked.setDoOutput(true);
      asked.getOutputStream().write(body(rows, asOf).getBytes(StandardCharsets.UTF_8));
      int status = asked.getResponseCode();
      InputStream answer =
          status < FIRST_OF_ERRORS ? asked.getInputStream() : asked.getErrorStream();
      return new Reply(status, new String(answer.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String body(List<Row> rows, @Nullable Instant asOf) {
    ObjectNode body = JSON.createObjectNode();
    if (asOf != null) {
      body.putObject("parameters").put("asOf", asOf.toString());
    }
    ArrayNode inputs = body.putArray("inputs");
    ArrayNode visits = tensor(inputs, "visits", "FP64", rows.size());
    ArrayNode spend = tensor(inputs, "spend", "FP64", rows.size());
    ArrayNode customers = tensor(inputs, "customer_id", "BYTES", rows.size());
    for (Row row : rows) {
      visits.add(row.visits());
      spend.add(row.spend());
      customers.add(row.customer());
    }
    if (rows.get(0).id() != null) {
      ArrayNode ids = tensor(inputs, "prediction_id", "BYTES", rows.size());
      rows.forEach(row -> ids.add(String.valueOf(row.id())));
    }
    return body.toString();
  }

  private static ArrayNode tensor(ArrayNode inputs, String name, String datatype, int rows) {
    ObjectNode tensor = inputs.addObject().put("name", name).put("datatype", datatype);
    tensor.putArray("shape").add(rows);
    return tensor.putArray("data");
  }
}
