package dev.airlock.messages;

import dev.airlock.store.LinkKey;
import dev.airlock.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what is to be told until closed; outlives outages of PostgreSQL and of whoever is told. */
public final class MessageSender implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MessageSender.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ScheduledExecutorService looks = Executors.newScheduledThreadPool(2);

  private MessageSender() {}

  /**
   * Begins.
   *
   * @param home keeps the key of links where the configuration gives none
   */
  public static MessageSender start(Store store, MessagesConfig config, Path home) {
    Clock clock = Clock.systemUTC();
    MessageSender sender = new MessageSender();
    config
        .alerts()
        .map(to -> new SignedPost(to, clock, SignedPost.PATIENCE))
        .map(post -> new AlertSender(store.alerts(), post, config.pages(), clock))
        .ifPresent(alerts -> sender.every(alerts::sendDue));
    if (config.approvals().isPresent() || config.mail().isPresent()) {
      Messenger messenger =
          new Messenger(
              store.messages(),
              store.approvals(),
              store.alerts(),
              ways(config, clock),
              LinkKey.of(config.linkKey(), home),
              clock);
      sender.every(messenger::sendDue);
    }
    return sender;
  }

  private static Messenger.Ways ways(MessagesConfig config, Clock clock) {
    Optional<SignedPost> approvals =
        config.approvals().map(to -> new SignedPost(to, clock, SignedPost.PATIENCE));
    Optional<MailPost> mail = config.mail().map(server -> new MailPost(server, clock));
    return new Messenger.Ways(
        approvals.orElse(null), mail.orElse(null), config.onCall(), config.pages());
  }

  /** Work that waits for others, and can be told to stop. */
  private interface Sending {
    void run() throws InterruptedException;
  }

  private void every(Sending sending) {
    var unused =
        looks.scheduleWithFixedDelay(
            () -> look(sending), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void look(Sending sending) {
    try {
      sending.run();
    } catch (RuntimeException | Error e) {
      // An error must not end the looking. PostgreSQL may be away for a while; its rows wait.
      log.warn("Messages could not be sent; trying again. {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
