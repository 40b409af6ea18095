package dev.airlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import dev.airlock.examples.TrafficTasks.MonthEnd;
import dev.airlock.examples.TrafficTasks.Sent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayTrafficTest {

  private static final Pattern SHAPE = Pattern.compile("\"shape\":\\[(\\d+)]");

  private final List<String> paths = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer gateway;
  private int status = 200;
  private String answer = "";

  GatewayTrafficTest() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext("/", this::answer);
  }

  @BeforeEach
  void start() {
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.stop(0);
  }

  @Test
  void shouldSendTheLastThreeMonthEndsInTurn() throws Exception {
    Sent sent = send(customers(125, "1997-12-31", "1998-03-31", "1998-01-31", "1998-02-28"));

    assertEquals(
        new Sent(
            375,
            List.of(
                new MonthEnd(LocalDate.parse("1998-01-31"), 125, 0.25),
                new MonthEnd(LocalDate.parse("1998-02-28"), 125, 0.25),
                new MonthEnd(LocalDate.parse("1998-03-31"), 125, 0.25))),
        sent);
    assertEquals(Collections.nCopies(9, "/v2/models/m/infer"), paths);
    assertEquals(
        List.of(
            "1998-01-31-0",
            "1998-02-28-0",
            "1998-03-31-0",
            "1998-01-31-50",
            "1998-02-28-50",
            "1998-03-31-50",
            "1998-01-31-100",
            "1998-02-28-100",
            "1998-03-31-100"),
        bodies.stream().map(body -> body.substring(7, body.indexOf('"', 7))).toList());
  }

  @Test
  void shouldMixCustomersWithinAMonthEnd() throws Exception {
    send(customers(1_000, "1998-03-31"));

    for (String body : bodies) {
      List<String> batch = data(body, "customer_id");
      double young = batch.stream().filter(id -> Integer.parseInt(id) >= 500).count();
      assertEquals(25, young, 15, "of 50 customers, half are young");
    }
    assertEquals(
        1_000, bodies.stream().flatMap(b -> data(b, "customer_id").stream()).distinct().count());
  }

  @Test
  void shouldSpeakTheOpenInferenceProtocol() throws Exception {
    send(customers(2, "1998-03-31"));

    String features =
        RepeatPurchase.FEATURES.stream()
            .map(
                name ->
                    ",{\"name\":\"%s\",\"datatype\":\"FP64\",\"shape\":[2],\"data\":[0.5,1.5]}"
                        .formatted(name))
            .collect(Collectors.joining());
    assertEquals(
        """
        {"id":"1998-03-31-0","parameters":{"asOf":"1998-03-31T00:00:00Z"},"inputs":[\
        {"name":"customer_id","datatype":"BYTES","shape":[2],"data":["0","1"]},\
        {"name":"prediction_id","datatype":"BYTES","shape":[2],"data":["%s","%s"]}"""
                .formatted(id("m/first/0/1998-03-31"), id("m/first/1/1998-03-31"))
            + features
            + "]}",
        bodies.get(0));
  }

  @Test
  void shouldAskUnderTheSameIdsInTheSameWaveOnly() throws Exception {
    Dataset customers = customers(75, "1998-02-28", "1998-03-31");
    GatewayTraffic traffic = new GatewayTraffic();
    traffic.send(customers, uri(), "m", "first", Duration.ZERO);
    List<String> first = List.copyOf(bodies);
    bodies.clear();
    traffic.send(customers, uri(), "m", "first", Duration.ZERO);
    assertEquals(first, bodies);
    traffic.send(customers, uri(), "m", "second", Duration.ZERO);

    List<String> ids = bodies.stream().flatMap(b -> data(b, "prediction_id").stream()).toList();
    assertEquals(300, ids.size());
    assertEquals(300, Set.copyOf(ids).size());
  }

  @Test
  void shouldSpreadTheBatchesEvenly() throws Exception {
    long start = System.nanoTime();
    new GatewayTraffic()
        .send(customers(200, "1998-03-31"), uri(), "m", "first", Duration.ofMillis(400));

    assertEquals(4, arrivals.size());
    for (int i = 0; i < 4; i++) {
      long after = TimeUnit.NANOSECONDS.toMillis(arrivals.get(i) - start);
      assertTrue(after >= i * 100L, "batch %d after %d ms".formatted(i, after));
    }
  }

  @Test
  void shouldFailWithTheAnswerWhenTheGatewayRefuses() {
    status = 404;
    answer = "{\"title\":\"no such model\"}";

    IOException failure = assertThrows(IOException.class, this::sendOne);

    assertTrue(String.valueOf(failure.getMessage()).endsWith("answered 404: " + answer));
  }

  @Test
  void shouldFailWhenTheAnswerHasNoOrOtherScores() {
    answer = "{\"outputs\":[]}";
    assertEquals(
        "The gateway's answer has no scores: " + answer,
        assertThrows(IOException.class, this::sendOne).getMessage());

    answer = "{\"outputs\":[{\"name\":\"score\",\"data\":[0.1, 0.2]}]}";
    assertEquals(
        "1 scores were expected, 2 came.",
        assertThrows(IOException.class, this::sendOne).getMessage());
  }

  @Test
  void shouldFailWhenThereAreNoCustomers() {
    assertEquals(
        "There is no month end with customers in shop.features.",
        assertThrows(IOException.class, () -> send(customers(0))).getMessage());
  }

  private Sent sendOne() throws Exception {
    return send(customers(1, "1998-03-31"));
  }

  private Sent send(Dataset customers) throws Exception {
    return new GatewayTraffic().send(customers, uri(), "m", "first", Duration.ZERO);
  }

  private static UUID id(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  /** What a tensor of texts holds. */
  private static List<String> data(String request, String tensor) {
    Matcher found =
        Pattern.compile("\"name\":\"%s\"[^{}]*\"data\":\\[([^]]*)]".formatted(tensor))
            .matcher(request);
    assertTrue(found.find(), tensor);
    return Stream.of(found.group(1).split(",", -1)).map(text -> text.replace("\"", "")).toList();
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + gateway.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    paths.add(exchange.getRequestURI().getPath());
    bodies.add(body);
    arrivals.add(System.nanoTime());
    byte[] bytes = (answer.isEmpty() ? scores(body) : answer).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** A quarter for everyone, as a gateway would put it. */
  private static String scores(String request) {
    Matcher shape = SHAPE.matcher(request);
    assertTrue(shape.find());
    int rows = Integer.parseInt(shape.group(1));
    return """
        {"model_name":"m","model_version":"1","id":"x","parameters":{"arm":"live","ids":["a"]},
         "outputs":[{"name":"score","shape":[%d],"datatype":"FP64","data":[%s]}]}"""
        .formatted(rows, String.join(", ", Collections.nCopies(rows, "0.25")));
  }

  private static Dataset customers(int count, String... monthEnds) {
    return new Customers(
        Stream.of(monthEnds)
            .flatMap(
                asOf ->
                    IntStream.range(0, count)
                        .mapToObj(id -> new CustomerRow(LocalDate.parse(asOf), count - 1 - id)))
            .map(Row.class::cast)
            .toList());
  }

  private record Customers(List<Row> all) implements Dataset {

    @Override
    public String name() {
      return "shop.features";
    }

    @Override
    public long snapshotId() {
      return 1;
    }

    @Override
    public long rowCount() {
      return all.size();
    }

    @Override
    public Stream<Row> rows() {
      return all.stream();
    }
  }

  private record CustomerRow(LocalDate asOf, long id) implements Row {

    @Override
    public List<String> columns() {
      return List.of();
    }

    @Override
    public @Nullable Object get(String column) {
      return switch (column) {
        case "as_of" -> asOf;
        case "customer_id" -> id;
        case "repeat" -> null;
        default -> id + 0.5;
      };
    }
  }
}
