package dev.airlock.messages;

import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import dev.airlock.store.Alerts.Notification;
import dev.airlock.workflows.Json;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what becomes of alerts to a webhook, at least once each. What is not taken is tried again
 * with growing pauses for 24 hours.
 */
final class AlertSender {

  private static final Logger log = LoggerFactory.getLogger(AlertSender.class);

  /** Longer than a batch can take: every one of them waiting for an answer until the end. */
  private static final Duration LEASE = Duration.ofMinutes(5);

  private static final int BATCH = 20;

  private final Alerts alerts;
  private final SignedPost post;
  private final URI pages;
  private final Clock clock;

  AlertSender(Alerts alerts, SignedPost post, URI pages, Clock clock) {
    this.alerts = alerts;
    this.post = post;
    this.pages = pages;
    this.clock = clock;
  }

  /** What a receiver gets. */
  record Message(String event, Alert alert, String url) {}

  /** Sends what is due now. */
  void sendDue() throws InterruptedException {
    for (Notification notification : alerts.claim(BATCH, LEASE)) {
      if (notification.createdAt().plus(Retries.TRIED_FOR).isBefore(clock.instant())) {
        log.warn(
            "Gave up telling that alert {} was {}: it is 24 hours old.",
            notification.alertId(),
            notification.event());
        alerts.retryAfter(notification.id(), Retries.NEVER, "Given up after 24 hours");
      } else {
        send(notification);
      }
    }
  }

  private void send(Notification notification) throws InterruptedException {
    try {
      post.send(
          notification.event(),
          Long.toString(notification.id()),
          Json.write(message(notification)));
      alerts.delivered(notification.id());
    } catch (UndeliveredException e) {
      Duration pause = Retries.pause(notification.attempts());
      log.warn(
          "Alert {} was {}: {}. Trying again in {} s.",
          notification.alertId(),
          notification.event(),
          e.getMessage(),
          pause.toSeconds());
      alerts.retryAfter(notification.id(), pause, String.valueOf(e.getMessage()));
    }
  }

  private Message message(Notification notification) {
    Alert alert = alerts.find(notification.alertId()).orElseThrow();
    return new Message(
        notification.event(), alert, pages.resolve("/alerts/" + alert.id()).toString());
  }
}
