import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;

/** One row over HTTP on one connection, in turns with a route that does nothing. */
final class GatewayLatency {

  private static final int WARM_UP = 5_000;
  private static final int ROUNDS = 5;
  private static final int REQUESTS = 4_000;
  private static final List<String> FEATURES =
      List.of(
          "log_recency",
          "log_frequency",
          "log_spend",
          "log_mean_gap",
          "log_gap_ratio",
          "log_orders_90",
          "log_spend_90");

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public static void main(String[] arguments) throws IOException, InterruptedException {
    URI gateway = URI.create(arguments.length > 0 ? arguments[0] : "http://127.0.0.1:8080");
    HttpRequest bare = HttpRequest.newBuilder(gateway.resolve("/v2/health/live")).build();
    HttpRequest infer =
        HttpRequest.newBuilder(gateway.resolve("/v2/models/repeat-purchase/infer"))
            .POST(HttpRequest.BodyPublishers.ofString(body()))
            .build();
    measure(bare, WARM_UP);
    measure(infer, WARM_UP);
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long[] nothing = measure(bare, REQUESTS);
      long[] row = measure(infer, REQUESTS);
      ratios[round] = (double) at(row, 0.5) / at(nothing, 0.5);
      System.out.printf(
          "bare p50 %.3f ms, p99 %.3f ms · one row p50 %.3f ms, p99 %.3f ms · ratio %.2f%n",
          millis(nothing, 0.5), millis(nothing, 0.99), millis(row, 0.5), millis(row, 0.99), ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf("median ratio of the p50s: %.2f%n", ratios[ROUNDS / 2]);
  }

  private static long[] measure(HttpRequest request, int times) throws IOException, InterruptedException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      int status = CLIENT.send(request, BodyHandlers.ofByteArray()).statusCode();
      nanos[i] = System.nanoTime() - start;
      if (status != 200) {
        throw new IOException(request.uri() + " answered " + status + ". Is a version of repeat-purchase live?");
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static long at(long[] sorted, double quantile) {
    return sorted[(int) (quantile * (sorted.length - 1))];
  }

  private static double millis(long[] sorted, double quantile) {
    return at(sorted, quantile) / 1e6;
  }

  private static String body() {
    StringBuilder inputs = new StringBuilder();
    for (String feature : FEATURES) {
      inputs
          .append(inputs.isEmpty() ? "" : ",")
          .append("{\"name\":\"%s\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1.5]}".formatted(feature));
    }
    return "{\"inputs\":[" + inputs + "]}";
  }
}
