package dev.airlock.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import dev.airlock.messages.MailServer.Security;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends to a real SMTP server. */
class MailPostTest {
  private static final Instant NOW = Instant.parse("1998-07-01T03:00:00Z");
  private static final Letter LETTER =
      new Letter(
          "message-7@airlock.example.org", "ada@example.org", "Für Ada", "Grüße\nund mehr\n");

  private final GreenMail server = MailHost.ofSmtp();

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private MailPost post(Security security, Optional<String> user, Optional<String> password) {
    MailServer here =
        new MailServer(
            "127.0.0.1",
            server.getSmtp().getPort(),
            security,
            user,
            password,
            "airlock@example.org");
    return new MailPost(here, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private MailPost post() {
    return post(Security.NONE, Optional.empty(), Optional.empty());
  }

  @Test
  void shouldDeliverWhatIsWritten() throws Exception {
    post().send(LETTER);
    MimeMessage received = server.getReceivedMessages()[0];
    assertEquals("ada@example.org", received.getRecipients(RecipientType.TO)[0].toString());
    assertEquals("airlock@example.org", received.getFrom()[0].toString());
    assertEquals("Für Ada", received.getSubject());
    assertEquals("Grüße\nund mehr", received.getContent().toString().replace("\r", "").strip());
    assertEquals("<message-7@airlock.example.org>", received.getMessageID());
    assertEquals(Date.from(NOW), received.getSentDate());
  }

  @Test
  void shouldKeepTheIdWhenItIsSentAgain() throws Exception {
    post().send(LETTER);
    post().send(LETTER);
    MimeMessage[] received = server.getReceivedMessages();
    assertEquals(received[0].getMessageID(), received[1].getMessageID());
  }

  @Test
  void shouldMakeNoHeaderOutOfANameWithALineEnd() throws Exception {
    post().send(new Letter("m", "ada@example.org", "Run\r\nBcc: eve@example.org", "x"));
    MimeMessage received = server.getReceivedMessages()[0];
    assertEquals(1, server.getReceivedMessages().length);
    assertEquals("Run Bcc: eve@example.org", received.getSubject());
  }

  @Test
  void shouldSayWhereNobodyTakesMail() {
    MailPost post = post();
    server.stop();
    UndeliveredException fault = assertThrows(UndeliveredException.class, () -> post.send(LETTER));
    assertTrue(String.valueOf(fault.getMessage()).startsWith("The mail server 127.0.0.1:"));
  }

  @Test
  void shouldSendNothingInTheOpenWhereTlsIsWanted() {
    MailPost post = post(Security.STARTTLS, Optional.empty(), Optional.empty());
    UndeliveredException fault = assertThrows(UndeliveredException.class, () -> post.send(LETTER));
    assertTrue(String.valueOf(fault.getMessage()).contains("STARTTLS"), fault::getMessage);
    assertEquals(0, server.getReceivedMessages().length);
  }

  @Test
  void shouldSignInWhereAUserIsGiven() throws Exception {
    server.setUser("ada@example.org", "airlock", "the password");
    server.getManagers().getUserManager().setAuthRequired(true);
    post(Security.NONE, Optional.of("airlock"), Optional.of("the password")).send(LETTER);
    assertEquals(1, server.getReceivedMessages().length);
    MailPost wrong = post(Security.NONE, Optional.of("airlock"), Optional.of("a guess"));
    UndeliveredException fault = assertThrows(UndeliveredException.class, () -> wrong.send(LETTER));
    StringWriter logged = new StringWriter();
    fault.printStackTrace(new PrintWriter(logged, true));
    String encoded = Base64.getEncoder().encodeToString("a guess".getBytes(StandardCharsets.UTF_8));
    for (String secret : List.of("a guess", encoded)) {
      assertFalse(logged.toString().contains(secret), logged::toString);
    }
  }
}
