package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks one gateway about customers of one model, whose features are {@code visits, spend}. */
final class Asking {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
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
    HttpResponse<String> response = send(rows, asOf);
    if (response.statusCode() != 200) {
      throw new AssertionError(
          gateway + " answered " + response.statusCode() + ": " + response.body());
    }
    return read(response);
  }

  HttpResponse<String> send(List<Row> rows, @Nullable Instant asOf) {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/v2/models/" + model + "/infer"))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(body(rows, asOf)))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  static JsonNode read(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
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
