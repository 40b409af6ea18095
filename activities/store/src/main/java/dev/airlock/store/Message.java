package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something to tell somebody.
 *
 * @param event {@code asked}, {@code reminder}, {@code escalated}, {@code renewed} or {@code
 *     decided} of an approval; {@code opened}, {@code acknowledged} or {@code closed} of an alert
 * @param approvalId what it is about, or null
 * @param alertId what it is about, or null
 * @param recipient the person it is for; an address where it is about an alert; empty for a webhook
 * @param address where a mail goes; null where its person wants none any more
 * @param digest of the evidence that its link is bound to; null where it carries none
 * @param attempts how often it has been tried, this time included
 * @param since when there was something to tell
 */
public record Message(
    long id,
    Channel channel,
    String event,
    @Nullable Long approvalId,
    @Nullable Long alertId,
    String recipient,
    @Nullable String address,
    @Nullable String digest,
    int attempts,
    Instant since) {

  /** By which way it goes. */
  public enum Channel {
    WEBHOOK,
    MAIL
  }
}
