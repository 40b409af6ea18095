package dev.airlock.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jspecify.annotations.Nullable;

/** Alerts, and what is to be told of them. */
public interface Alerts extends SqlObject {

  /** Newest first; null for every model or state. {@code open} includes acknowledged ones. */
  List<Alert> list(
      @Nullable String model, @Nullable String state, @Nullable Long before, int limit);

  Optional<Alert> find(long id);

  /**
   * Opens an alert unless one of this cause is open; answers the open one. Posts a notification.
   */
  Alert open(NewAlert alert);

  /** What an alert is opened with. */
  record NewAlert(
      String model,
      @Nullable Long monitorId,
      @Nullable Long rolloutId,
      String cause,
      String consequence,
      String title,
      Map<String, Double> figures,
      Instant asOf) {}

  /** Notes the retrain or the rollback that an alert has asked for. */
  void led(long alertId, @Nullable Long runId, @Nullable Long commandId);

  /**
   * Says that somebody has it in hand. Idempotent.
   *
   * @throws UnknownEntityException where there is no such alert
   */
  Alert acknowledge(long id, String by);

  /** Closes the open alert of a cause, if there is one, since it has recovered. */
  Optional<Alert> recover(String cause, Instant asOf, String because);

  /** Takes notifications that are due, and keeps other senders from them for the lease. */
  List<Notification> claim(int limit, Duration lease);

  void delivered(long notificationId);

  void retryAfter(long notificationId, Duration pause, String error);

  /** What is to be told. */
  record Notification(long id, long alertId, String event, int attempts, Instant createdAt) {}
}
