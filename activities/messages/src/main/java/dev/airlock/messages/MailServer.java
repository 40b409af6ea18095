package dev.airlock.messages;

import java.util.Optional;

/**
 * The SMTP server that takes our mail.
 *
 * @param port 1 to 65535
 * @param security how the connection is kept secret
 * @param user who signs in there; empty where nobody does
 * @param from the sender's address
 */
public record MailServer(
    String host,
    int port,
    Security security,
    Optional<String> user,
    Optional<String> password,
    String from) {

  /** How a connection is kept secret. */
  public enum Security {
    /** From the first byte: {@code smtps://}. */
    TLS,
    /** After a greeting, and never without: {@code smtp://}. */
    STARTTLS,
    /** Not at all: a server on this very machine, or one that the address says it of. */
    NONE
  }

  /** Keeps the password to itself. */
  @Override
  public String toString() {
    return "MailServer[" + host + ":" + port + "]";
  }
}
