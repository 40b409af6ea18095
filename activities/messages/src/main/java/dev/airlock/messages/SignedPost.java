package dev.airlock.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Posts JSON to a webhook, signed. Taken is what is answered with a 2xx, in full and in time. */
final class SignedPost {

  /** For all of an answer, from connecting to its last byte. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Webhook to;
  private final Clock clock;
  private final Duration patience;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  SignedPost(Webhook to, Clock clock, Duration patience) {
    this.to = to;
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * Sends once.
   *
   * @param event in the header {@code X-Airlock-Event}
   * @param delivery the same for each attempt at a message, so that receivers know it again
   */
  void send(String event, String delivery, String json)
      throws UndeliveredException, InterruptedException {
    // A request's own timeout ends with the head of the answer: its body may take for ever.
    CompletableFuture<HttpResponse<Void>> asked =
        http.sendAsync(
            request(event, delivery, json.getBytes(UTF_8)), HttpResponse.BodyHandlers.discarding());
    try {
      HttpResponse<Void> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() / 100 != 2) {
        throw new UndeliveredException("The webhook answered " + answer.statusCode());
      }
    } catch (TimeoutException e) {
      throw new UndeliveredException(
          "The webhook did not answer in full within %d s".formatted(patience.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new UndeliveredException("The webhook can't be reached: " + e.getCause(), e);
    } finally {
      asked.cancel(true);
    }
  }

  private HttpRequest request(String event, String delivery, byte[] body) {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return HttpRequest.newBuilder(to.address())
        .header("Content-Type", "application/json")
        .header("X-Airlock-Event", event)
        .header("X-Airlock-Delivery", delivery)
        .header("X-Airlock-Timestamp", timestamp)
        .header("X-Airlock-Signature", "v1=" + signature(timestamp, body))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private String signature(String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(to.key().getBytes(UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256.", e);
    }
  }
}
