package dev.airlock.system;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real SMTP server, which keeps every mail that a system sends. */
final class Postbox implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern LINK = Pattern.compile("https?://\\S+");

  private final GreenMail server;

  private Postbox() {
    ServerSetup smtp = ServerSetupTest.SMTP.dynamicPort();
    smtp.setServerStartupTimeout(PATIENCE.toMillis());
    server = new GreenMail(smtp);
    server.start();
  }

  static Postbox open() {
    return new Postbox();
  }

  /** What makes a system send its mail here. */
  Map<String, String> environment() {
    return Map.of(
        "AIRLOCK_SMTP_URL",
        "smtp://127.0.0.1:" + server.getSmtp().getPort(),
        "AIRLOCK_MAIL_FROM",
        "airlock@example.org");
  }

  /** A mail as its reader sees it. */
  record Mail(String to, String subject, String text) {

    /** The first link in it. */
    URI link() {
      Matcher matcher = LINK.matcher(text);
      if (!matcher.find()) {
        throw new AssertionError("No link in: " + text);
      }
      return URI.create(matcher.group());
    }
  }

  /** The mail to this address whose text or subject holds these words, as soon as it has come. */
  Mail awaitMail(String to, String words) {
    return Await.found(
        PATIENCE,
        "a mail to %s that says '%s'".formatted(to, words),
        () -> to(to).stream().filter(mail -> holds(mail, words)).findFirst());
  }

  /** All that has come for this address. */
  List<Mail> to(String address) {
    return Arrays.stream(server.getReceivedMessages())
        .map(Postbox::read)
        .filter(mail -> mail.to().equals(address))
        .toList();
  }

  private static boolean holds(Mail mail, String words) {
    return mail.subject().contains(words) || mail.text().contains(words);
  }

  private static Mail read(MimeMessage message) {
    try {
      return new Mail(
          message.getRecipients(RecipientType.TO)[0].toString(),
          message.getSubject(),
          message.getContent().toString());
    } catch (MessagingException e) {
      throw new AssertionError("A mail that can't be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
