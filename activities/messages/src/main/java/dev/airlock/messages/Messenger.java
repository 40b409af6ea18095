package dev.airlock.messages;

import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import dev.airlock.store.Approval;
import dev.airlock.store.ApprovalLink;
import dev.airlock.store.Approvals;
import dev.airlock.store.LinkKey;
import dev.airlock.store.Message;
import dev.airlock.store.Message.Channel;
import dev.airlock.store.Messages;
import dev.airlock.workflows.ApprovalStanding.State;
import dev.airlock.workflows.Json;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people and programs of approvals, and people of alerts, at least once each. What is not
 * taken is tried again with growing pauses for 24 hours; what has been settled meanwhile is not
 * told any more.
 */
final class Messenger {

  private static final Logger log = LoggerFactory.getLogger(Messenger.class);

  /** Longer than a batch can take: every one of them waiting for its server until the end. */
  private static final Duration LEASE = Duration.ofMinutes(10);

  private static final int BATCH = 20;

  private final Messages messages;
  private final Approvals approvals;
  private final Alerts alerts;
  private final Ways ways;
  private final LinkKey key;
  private final Clock clock;

  /**
   * The ways that a system has.
   *
   * @param approvals posts approvals, or null
   * @param mail writes to people, or null
   * @param onCall who gets a mail for each alert
   * @param pages where the pages are reached
   */
  record Ways(
      @Nullable SignedPost approvals, @Nullable MailPost mail, List<String> onCall, URI pages) {}

  Messenger(
      Messages messages, Approvals approvals, Alerts alerts, Ways ways, LinkKey key, Clock clock) {
    this.messages = messages;
    this.approvals = approvals;
    this.alerts = alerts;
    this.ways = ways;
    this.key = key;
    this.clock = clock;
  }

  /** What the receiver of a post gets. */
  record Post(String event, Asked approval, String url) {}

  /**
   * What a post says of an approval.
   *
   * @param askedOf whoever is asked first: a team, a role or a person
   * @param alsoAsked others who are asked from the start
   * @param escalatedTo who may vote as well since it was escalated; null for nobody
   * @param digest of the evidence, as a decision must name it
   * @param because why it ended; empty while it is open
   */
  record Asked(
      long id,
      long runId,
      String stage,
      String model,
      int version,
      String state,
      String askedOf,
      List<String> alsoAsked,
      @Nullable String escalatedTo,
      int quorum,
      String requestedBy,
      String digest,
      Instant openedAt,
      Instant expiresAt,
      String because) {
    static Asked of(Approval approval) {
      return new Asked(
          approval.id(),
          approval.runId(),
          approval.stage(),
          approval.model(),
          approval.version(),
          approval.state().name().toLowerCase(Locale.ROOT),
          approval.askedOf(),
          approval.alsoAsked(),
          approval.escalatedTo(),
          approval.quorum(),
          approval.requestedBy(),
          approval.digest(),
          approval.openedAt(),
          approval.expiresAt(),
          approval.because());
    }
  }

  /** Writes down what is to be told, and sends what is due. */
  void sendDue() throws InterruptedException {
    if (ways.approvals() != null || ways.mail() != null) {
      messages.answerCalls(ways.approvals() != null, ways.mail() != null);
    }
    if (ways.mail() != null && !ways.onCall().isEmpty()) {
      messages.writeOfAlerts(ways.onCall().toArray(String[]::new));
    }
    for (Message message : messages.claim(BATCH, LEASE)) {
      if (message.since().plus(Retries.TRIED_FOR).isBefore(clock.instant())) {
        giveUp(message, "Given up after 24 hours");
      } else {
        send(message);
      }
    }
  }

  private void send(Message message) throws InterruptedException {
    try {
      Long approvalId = message.approvalId();
      Long alertId = message.alertId();
      if (approvalId != null) {
        tell(message, approvals.find(approvalId).orElseThrow());
      } else if (alertId != null) {
        tell(message, alerts.find(alertId).orElseThrow());
      }
    } catch (UndeliveredException e) {
      Duration pause = Retries.pause(message.attempts());
      log.warn(
          "Message {} could not be sent: {}. Trying again in {} s.",
          message.id(),
          e.getMessage(),
          pause.toSeconds());
      messages.retryAfter(message.id(), pause, String.valueOf(e.getMessage()));
    }
  }

  private void tell(Message message, Approval approval)
      throws UndeliveredException, InterruptedException {
    boolean isOver = approval.state() != State.OPEN && !message.event().equals("decided");
    if (isOver) {
      giveUp(message, "The approval was closed before this could be told");
      return;
    }
    if (message.channel() == Channel.WEBHOOK && ways.approvals() != null) {
      ways.approvals()
          .send(
              "approval-" + message.event(),
              "message-" + message.id(),
              Json.write(
                  new Post(
                      "approval-" + message.event(),
                      Asked.of(approval),
                      page("/approvals/" + approval.id()))));
      messages.delivered(message.id());
    } else {
      Optional<ApprovalLink> link = messages.link(message.id());
      String way = link.map(found -> "/by-link/" + key.token(found)).orElse("");
      write(
          message,
          ApprovalWords.subject(message.event(), approval),
          ApprovalWords.text(
              message.event(),
              approval,
              page("/approvals/" + approval.id() + way),
              link.isPresent()));
    }
  }

  private void tell(Message message, Alert alert) throws UndeliveredException {
    write(
        message,
        "Alert %d was %s: %s".formatted(alert.id(), message.event(), alert.title()),
        "%s\n\nWhat is known, and what to do:\n%s\n"
            .formatted(alert.title(), page("/alerts/" + alert.id())));
  }

  private void write(Message message, String subject, String text) throws UndeliveredException {
    if (ways.mail() == null || message.address() == null) {
      giveUp(message, "Nobody is written to any more");
      return;
    }
    String id = "message-%d@%s".formatted(message.id(), ways.pages().getHost());
    ways.mail().send(new Letter(id, message.address(), subject, text));
    messages.delivered(message.id());
  }

  private void giveUp(Message message, String because) {
    log.warn("Message {} is not sent: {}.", message.id(), because);
    messages.retryAfter(message.id(), Retries.NEVER, because);
  }

  private String page(String path) {
    return ways.pages().resolve(path).toString();
  }
}
