package dev.airlock.messages;

import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends mail by SMTP. Taken is what the server has taken. */
final class MailPost {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MailServer server;
  private final Clock clock;
  private final Session session;

  MailPost(MailServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
    this.session = Session.getInstance(properties(server), signIn(server));
  }

  private static Properties properties(MailServer server) {
    String patience = Long.toString(PATIENCE.toMillis());
    Properties properties = new Properties();
    properties.setProperty("mail.transport.protocol", "smtp");
    properties.setProperty("mail.smtp.host", server.host());
    properties.setProperty("mail.smtp.port", Integer.toString(server.port()));
    properties.setProperty("mail.smtp.auth", Boolean.toString(server.user().isPresent()));
    // The library's own are for ever.
    properties.setProperty("mail.smtp.connectiontimeout", patience);
    properties.setProperty("mail.smtp.timeout", patience);
    properties.setProperty("mail.smtp.writetimeout", patience);
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    switch (server.security()) {
      case TLS -> properties.setProperty("mail.smtp.ssl.enable", "true");
      case STARTTLS -> {
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", "true");
      }
      case NONE -> properties.setProperty("mail.smtp.starttls.enable", "false");
    }
    return properties;
  }

  private static @Nullable Authenticator signIn(MailServer server) {
    Optional<String> user = server.user();
    if (user.isEmpty()) {
      return null;
    }
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return new PasswordAuthentication(user.get(), server.password().orElse(""));
      }
    };
  }

  /** Sends once. */
  void send(Letter letter) throws UndeliveredException {
    try {
      Transport.send(message(letter));
    } catch (MessagingException e) {
      throw new UndeliveredException(
          "The mail server %s:%d did not take it: %s"
              .formatted(server.host(), server.port(), reason(e)),
          e);
    }
  }

  private MimeMessage message(Letter letter) throws MessagingException {
    MimeMessage message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + letter.id() + ">");
          }
        };
    message.setFrom(new InternetAddress(server.from(), true));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(letter.to(), true));
    message.setSubject(oneLine(letter.subject()), "UTF-8");
    message.setSentDate(Date.from(clock.instant()));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setText(letter.text(), "UTF-8");
    return message;
  }

  /** A name with a line's end in it must not become a header. */
  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  /** What the library says of a broken handshake is that there was no connection. */
  private static String reason(MessagingException e) {
    List<Throwable> causes =
        Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause).toList();
    String last = firstLine(causes.get(causes.size() - 1));
    if (holds(causes, CertPathBuilderException.class)
        || holds(causes, CertPathValidatorException.class)) {
      return "its certificate is not trusted (%s). Where an authority of your own has signed it, give the worker a truststore: AIRLOCK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE"
          .formatted(last);
    }
    if (holds(causes, CertificateException.class)) {
      return "its certificate is that of another server (%s). Name the server in AIRLOCK_SMTP_URL as its certificate does"
          .formatted(last);
    }
    String first = firstLine(e);
    return last.isEmpty() || first.contains(last) ? first : first + ": " + last;
  }

  private static boolean holds(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static String firstLine(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), "").lines().findFirst().orElse("").strip();
  }
}
