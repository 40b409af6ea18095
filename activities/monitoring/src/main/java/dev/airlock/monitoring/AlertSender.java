package dev.airlock.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import dev.airlock.store.Alerts.Notification;
import dev.airlock.workflows.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what becomes of alerts to a webhook, signed, at least once each. What is not taken with a
 * 2xx is tried again with growing pauses for 24 hours.
 */
public final class AlertSender implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AlertSender.class);

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** For all of an answer, from connecting to its last byte. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Longer than a batch can take: every one of them waiting for an answer until the end. */
  private static final Duration LEASE = Duration.ofMinutes(5);

  private static final int BATCH = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int DOUBLINGS = 12;
  private static final Duration TRIED_FOR = Duration.ofHours(24);

  /** Nothing is due that far away. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final Alerts alerts;
  private final Webhook webhook;
  private final Clock clock;
  private final Duration patience;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();

  private AlertSender(Alerts alerts, Webhook webhook, Clock clock, Duration patience) {
    this.alerts = alerts;
    this.webhook = webhook;
    this.clock = clock;
    this.patience = patience;
  }

  /** Sends until closed. */
  public static AlertSender start(Alerts alerts, Webhook webhook) {
    AlertSender sender = new AlertSender(alerts, webhook, Clock.systemUTC(), PATIENCE);
    var unused =
        sender.looks.scheduleWithFixedDelay(
            sender::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return sender;
  }

  /** Sends once when told to. */
  static AlertSender onDemand(Alerts alerts, Webhook webhook, Clock clock, Duration patience) {
    return new AlertSender(alerts, webhook, clock, patience);
  }

  /** What a receiver gets. */
  record Message(String event, Alert alert, String url) {}

  private void look() {
    try {
      sendDue();
    } catch (RuntimeException | Error e) {
      // An error must not end the looking. PostgreSQL may be away for a while; its rows wait.
      log.warn("Alerts could not be told; trying again. {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends what is due now. */
  void sendDue() throws InterruptedException {
    for (Notification notification : alerts.claim(BATCH, LEASE)) {
      if (notification.createdAt().plus(TRIED_FOR).isBefore(clock.instant())) {
        log.warn(
            "Gave up telling that alert {} was {}: it is 24 hours old.",
            notification.alertId(),
            notification.event());
        alerts.retryAfter(notification.id(), NEVER, "Given up after 24 hours");
      } else {
        send(notification);
      }
    }
  }

  private void send(Notification notification) throws InterruptedException {
    // A request's own timeout ends with the head of the answer: its body may take for ever.
    CompletableFuture<HttpResponse<Void>> asked =
        http.sendAsync(request(notification), HttpResponse.BodyHandlers.discarding());
    try {
      HttpResponse<Void> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() / 100 == 2) {
        alerts.delivered(notification.id());
      } else {
        again(notification, "The webhook answered " + answer.statusCode());
      }
    } catch (TimeoutException e) {
      again(
          notification,
          "The webhook did not answer in full within %d s".formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      again(notification, "The webhook can't be reached: " + e.getCause());
    } finally {
      asked.cancel(true);
    }
  }

  private void again(Notification notification, String error) {
    Duration pause = pause(notification.attempts());
    log.warn(
        "Alert {} was {}: {}. Trying again in {} s.",
        notification.alertId(),
        notification.event(),
        error,
        pause.toSeconds());
    alerts.retryAfter(notification.id(), pause, error);
  }

  /** Twice as long each time, up to an hour. */
  static Duration pause(int attempts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(Math.max(attempts, 0), DOUBLINGS));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private HttpRequest request(Notification notification) {
    Alert alert = alerts.find(notification.alertId()).orElseThrow();
    String url = webhook.pages().resolve("/alerts/" + alert.id()).toString();
    byte[] body = Json.write(new Message(notification.event(), alert, url)).getBytes(UTF_8);
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return HttpRequest.newBuilder(webhook.address())
        .header("Content-Type", "application/json")
        .header("X-Airlock-Event", notification.event())
        .header("X-Airlock-Delivery", Long.toString(notification.id()))
        .header("X-Airlock-Timestamp", timestamp)
        .header("X-Airlock-Signature", "v1=" + signature(timestamp, body))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private String signature(String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(webhook.key().getBytes(UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256.", e);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
