package dev.airlock.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes the features and labels of {@link RepeatPurchase} and {@link CustomerSpend} from the
 * raw file, by loops over customers and month ends. It is slow, and shares no line with the SQL.
 */
public final class RepeatPurchaseOracle {

  private static final int RECENT_DAYS = 90;
  private static final int MONTHS_LEFT_OUT = 3;

  private final SortedMap<Long, List<Order>> ordersByCustomer;

  private RepeatPurchaseOracle(SortedMap<Long, List<Order>> ordersByCustomer) {
    this.ordersByCustomer = ordersByCustomer;
  }

  /** The orders of the file that the examples carry. */
  public static RepeatPurchaseOracle ofExampleFile() throws IOException {
    try (InputStream file = RepeatPurchase.class.getResourceAsStream("/cdnow-orders.csv.gz")) {
      if (file == null) {
        throw new IOException("The examples' jar has no cdnow-orders.csv.gz.");
      }
      return read(file);
    }
  }

  /** Reads a gzip-compressed CSV file whose columns are those of the examples' file, in order. */
  public static RepeatPurchaseOracle read(InputStream gzip) throws IOException {
    SortedMap<Long, List<Order>> orders = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzip), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .skip(1)
          .map(line -> Order.parse(line.split(",", -1)))
          .forEach(
              order ->
                  orders.computeIfAbsent(order.customer(), id -> new ArrayList<>()).add(order));
    }
    return new RepeatPurchaseOracle(orders);
  }

  /** What it would be, had the shop closed after that day. */
  public RepeatPurchaseOracle until(LocalDate lastDay) {
    SortedMap<Long, List<Order>> kept = new TreeMap<>();
    ordersByCustomer.forEach(
        (customer, orders) -> {
          List<Order> early = orders.stream().filter(o -> !o.on().isAfter(lastDay)).toList();
          if (!early.isEmpty()) {
            kept.put(customer, early);
          }
        });
    return new RepeatPurchaseOracle(kept);
  }

  /**
   * One row per month end and customer who has bought by then, in that order.
   *
   * @param logicalDate no order after it is looked at
   * @param horizonDays how far labels look ahead
   */
  public List<Snapshot> snapshots(LocalDate logicalDate, int horizonDays) {
    RepeatPurchaseOracle known = until(logicalDate);
    List<Snapshot> snapshots = new ArrayList<>();
    for (LocalDate monthEnd : known.monthEnds(logicalDate)) {
      boolean complete = !monthEnd.plusDays(horizonDays).isAfter(known.lastOrder(logicalDate));
      known.ordersByCustomer.forEach(
          (customer, orders) -> {
            List<Order> past = orders.stream().filter(o -> !o.on().isAfter(monthEnd)).toList();
            if (!past.isEmpty()) {
              LocalDate last = monthEnd.plusDays(horizonDays);
              List<Order> next =
                  orders.stream()
                      .filter(o -> o.on().isAfter(monthEnd) && !o.on().isAfter(last))
                      .toList();
              snapshots.add(
                  new Snapshot(
                      monthEnd,
                      customer,
                      features(past, monthEnd),
                      complete ? (next.isEmpty() ? 0 : 1) : null,
                      complete ? total(next) : null));
            }
          });
    }
    return snapshots;
  }

  private List<LocalDate> monthEnds(LocalDate logicalDate) {
    LocalDate start =
        ordersByCustomer.values().stream()
            .flatMap(List::stream)
            .map(Order::on)
            .min(LocalDate::compareTo)
            .orElse(logicalDate)
            .plusMonths(MONTHS_LEFT_OUT);
    YearMonth lastOrder = YearMonth.from(lastOrder(logicalDate));
    List<LocalDate> monthEnds = new ArrayList<>();
    for (YearMonth month = YearMonth.from(start);
        !month.atEndOfMonth().isAfter(logicalDate) && !month.isAfter(lastOrder);
        month = month.plusMonths(1)) {
      monthEnds.add(month.atEndOfMonth());
    }
    return monthEnds;
  }

  private LocalDate lastOrder(LocalDate otherwise) {
    return ordersByCustomer.values().stream()
        .flatMap(List::stream)
        .map(Order::on)
        .max(LocalDate::compareTo)
        .orElse(otherwise);
  }

  private static Map<String, Double> features(List<Order> past, LocalDate monthEnd) {
    TreeSet<LocalDate> days = new TreeSet<>();
    past.forEach(order -> days.add(order.on()));
    List<Order> recent =
        past.stream().filter(o -> o.on().isAfter(monthEnd.minusDays(RECENT_DAYS))).toList();
    double recency = ChronoUnit.DAYS.between(days.last(), monthEnd);
    double gaps = 0;
    LocalDate before = days.first();
    for (LocalDate day : days) {
      gaps += ChronoUnit.DAYS.between(before, day);
      before = day;
    }
    boolean returned = days.size() > 1;
    double meanGap = returned ? gaps / (days.size() - 1) : 0;
    Map<String, Double> features = new TreeMap<>();
    features.put("log_recency", Math.log(1 + recency));
    features.put("log_frequency", Math.log(past.size()));
    features.put("log_spend", Math.log(1 + total(past)));
    features.put("log_mean_gap", Math.log(1 + meanGap));
    features.put("log_gap_ratio", returned ? Math.log((1 + recency) / (1 + meanGap)) : 0);
    features.put("log_orders_90", Math.log(1 + recent.size()));
    features.put("log_spend_90", Math.log(1 + total(recent)));
    features.put("mean_order", total(past) / past.size());
    features.put("spend_90", total(recent));
    return features;
  }

  private static double total(List<Order> orders) {
    return orders.stream()
        .map(Order::amount)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .doubleValue();
  }

  /**
   * A customer as they stood at the end of a month.
   *
   * @param features by the name of the column, of both pipelines
   * @param repeat 1 where they bought within the horizon, 0 where not, null where it is not over
   * @param nextSpend the dollars they spent within the horizon, null where it is not over
   */
  public record Snapshot(
      LocalDate asOf,
      long customer,
      Map<String, Double> features,
      @Nullable Integer repeat,
      @Nullable Double nextSpend) {

    public Snapshot {
      features = Collections.unmodifiableMap(new TreeMap<>(features));
    }
  }

  private record Order(long customer, LocalDate on, BigDecimal amount) {

    static Order parse(String[] fields) {
      return new Order(
          Long.parseLong(fields[1]), LocalDate.parse(fields[2]), new BigDecimal(fields[4]));
    }
  }
}
