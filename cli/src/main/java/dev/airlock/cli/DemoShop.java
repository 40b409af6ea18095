package dev.airlock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;

/** The shop of the demo. It knows what its customers did, from the file that its orders are in. */
final class DemoShop {

  private static final String ORDERS = "cdnow-orders.csv.gz";
  private static final int CUSTOMER = 1;
  private static final int ORDERED_ON = 2;
  private static final int AMOUNT = 4;

  private final SortedMap<Long, List<Order>> orders;

  private DemoShop(SortedMap<Long, List<Order>> orders) {
    this.orders = orders;
  }

  private record Order(LocalDate on, BigDecimal amount) {}

  /** Reads the orders out of the examples' jar. */
  static DemoShop ofExamples(Path pipelines) {
    try (Stream<Path> files = Files.list(pipelines)) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        try (JarFile content = new JarFile(jar.toFile())) {
          ZipEntry entry = content.getEntry(ORDERS);
          if (entry != null) {
            return read(content.getInputStream(entry));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the orders from " + pipelines, e);
    }
    throw CommandException.failed("No jar in %s holds %s.".formatted(pipelines, ORDERS));
  }

  /**
   * Reads a gzip-compressed CSV file of {@code order_id, customer_id, ordered_on, items, amount}.
   */
  static DemoShop read(InputStream gzip) throws IOException {
    SortedMap<Long, List<Order>> orders = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzip), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] cells = line.split(",", -1);
        orders
            .computeIfAbsent(Long.parseLong(cells[CUSTOMER]), customer -> new ArrayList<>())
            .add(new Order(LocalDate.parse(cells[ORDERED_ON]), new BigDecimal(cells[AMOUNT])));
      }
    }
    return new DemoShop(orders);
  }

  /**
   * What came true of the predictions for a month end: whether each customer ordered within the
   * horizon, and for how much.
   *
   * @param asOf the month end; its customers are those with an order on or before it
   * @param horizonDays how many days after it count
   * @param known what the shop says was the moment when it knew
   */
  List<FeedbackFile.Row> outcomes(
      String model, String wave, LocalDate asOf, int horizonDays, Instant known) {
    LocalDate last = asOf.plusDays(horizonDays);
    List<FeedbackFile.Row> rows = new ArrayList<>();
    orders.forEach(
        (customer, all) -> {
          if (all.stream().anyMatch(order -> !order.on().isAfter(asOf))) {
            List<Order> next =
                all.stream()
                    .filter(order -> order.on().isAfter(asOf) && !order.on().isAfter(last))
                    .toList();
            UUID id = prediction(model, wave, customer, asOf);
            rows.add(new FeedbackFile.Row(rows.size() + 1, outcome(id, next, known)));
          }
        });
    return rows;
  }

  /** The id that a customer's prediction was asked for under. */
  static UUID prediction(String model, String wave, long customer, LocalDate asOf) {
    return UUID.nameUUIDFromBytes(
        (model + "/" + wave + "/" + customer + "/" + asOf).getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode outcome(UUID prediction, List<Order> next, Instant known) {
    BigDecimal value = next.stream().map(Order::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    return Api.JSON
        .createObjectNode()
        .put("predictionId", prediction.toString())
        .put("label", next.isEmpty() ? 0 : 1)
        .put("value", value)
        .put("at", known.toString());
  }

  /** The first moment of a day. */
  static Instant moment(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
