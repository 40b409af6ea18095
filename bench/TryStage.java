import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How soon a trial of one stage answers, from the request to its rows, on a worker that is warm:
 * {@code java bench/TryStage.java HOME PIPELINE STAGE [SAMPLE]}. One round to warm up, then ten.
 */
public final class TryStage {

  private static final int ROUNDS = 10;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TryStage() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 3) {
      System.err.println("java bench/TryStage.java HOME PIPELINE STAGE [SAMPLE]");
      System.exit(2);
    }
    String account = Files.readString(Path.of(arguments[0], "users", "engineer.json"));
    String url = field(account, "\"url\"\\s*:\\s*\"([^\"]+)\"");
    String token = field(account, "\"token\"\\s*:\\s*\"([^\"]+)\"");
    String wish =
        "{\"pipeline\":\"%s\",\"stage\":\"%s\",\"sample\":%s}"
            .formatted(arguments[1], arguments[2], arguments.length > 3 ? arguments[3] : "1000");
    long[] millis = new long[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      String id = field(send(url + "/api/v1/trials", token, wish), "\"id\"\\s*:\\s*(\\d+)");
      String trial;
      do {
        Thread.sleep(20);
        trial = send(url + "/api/v1/trials/" + id, token, null);
      } while (trial.contains("\"endedAt\":null"));
      if (!trial.contains("\"succeeded\"")) {
        throw new IllegalStateException(trial);
      }
      if (round >= 0) {
        millis[round] = (System.nanoTime() - begun) / 1_000_000;
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        "%s/%s: p50 %d ms, slowest %d ms of %d; bar 5000 ms%n",
        arguments[1],
        arguments[2],
        (millis[ROUNDS / 2 - 1] + millis[ROUNDS / 2]) / 2,
        millis[ROUNDS - 1],
        ROUNDS);
  }

  private static String send(String url, String token, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + token);
    if (body != null) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
    return HTTP.send(request.build(), BodyHandlers.ofString()).body();
  }

  private static String field(String json, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(json);
    if (!matcher.find()) {
      throw new IllegalStateException(json);
    }
    return matcher.group(1);
  }
}
