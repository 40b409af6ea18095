package dev.airlock.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.messages.MailServer.Security;
import dev.airlock.store.Environment;
import dev.airlock.store.InvalidConfigurationException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagesConfigTest {

  private static MessagesConfig read(Map<String, String> values) {
    Environment environment = new Environment(values);
    MessagesConfig config = MessagesConfig.from(environment);
    environment.verify();
    return config;
  }

  private static String faults(Map<String, String> values) {
    return String.valueOf(
        assertThrows(InvalidConfigurationException.class, () -> read(values)).getMessage());
  }

  @Test
  void shouldTellNobodyWhereNothingIsSet() {
    MessagesConfig config = read(Map.of());
    assertTrue(config.alerts().isEmpty() && config.approvals().isEmpty());
    assertTrue(config.mail().isEmpty());
    assertEquals(URI.create("http://127.0.0.1:8080"), config.pages());
  }

  @Test
  void shouldKeepMailSecretUnlessToldOtherwise() {
    assertEquals(Security.STARTTLS, security("smtp://mail.example.org"));
    assertEquals(Security.TLS, security("smtps://mail.example.org"));
    assertEquals(Security.NONE, security("smtp://127.0.0.1:25"));
    assertEquals(Security.NONE, security("smtp://relay.example.org:25?starttls=off"));
  }

  private static Security security(String url) {
    return read(Map.of("AIRLOCK_SMTP_URL", url, "AIRLOCK_MAIL_FROM", "airlock@example.org"))
        .mail()
        .orElseThrow()
        .security();
  }

  @Test
  void shouldReadTheServersPortAndUser() {
    MailServer server =
        read(Map.of(
                "AIRLOCK_SMTP_URL", "smtp://airlock@mail.example.org",
                "AIRLOCK_SECRETS_SMTP", "the password",
                "AIRLOCK_MAIL_FROM", "airlock@example.org",
                "AIRLOCK_ALERT_EMAIL", "a@example.org, b@example.org"))
            .mail()
            .orElseThrow();
    assertEquals(587, server.port());
    assertEquals("airlock", server.user().orElseThrow());
    assertFalse(server.toString().contains("the password"));
  }

  @Test
  void shouldReportEveryFaultAtOnceAndRepeatNoPassword() {
    String faults =
        faults(
            Map.of(
                "AIRLOCK_SMTP_URL", "smtp://airlock:hunter2@mail.example.org?starttls=maybe",
                "AIRLOCK_MAIL_FROM", "nobody",
                "AIRLOCK_ALERT_EMAIL", "a@example.org,,b",
                "AIRLOCK_APPROVAL_WEBHOOK", "ftp://example.org",
                "AIRLOCK_SECRETS_LINKS", "short"));
    for (String said :
        List.of(
            "AIRLOCK_SMTP_URL ends with '?starttls=maybe'",
            "AIRLOCK_SMTP_URL holds a password",
            "AIRLOCK_SECRETS_SMTP",
            "AIRLOCK_MAIL_FROM holds 'nobody'",
            "AIRLOCK_ALERT_EMAIL holds ''",
            "AIRLOCK_APPROVAL_WEBHOOK is 'ftp://example.org'",
            "AIRLOCK_SECRETS_APPROVAL_WEBHOOK is missing",
            "AIRLOCK_SECRETS_LINKS is shorter")) {
      assertTrue(faults.contains(said), () -> said + " is not in " + faults);
    }
    assertFalse(faults.contains("hunter2"), faults);
  }

  @Test
  void shouldAskForAServerWhereMailIsWanted() {
    assertTrue(faults(Map.of("AIRLOCK_ALERT_EMAIL", "a@example.org")).contains("AIRLOCK_SMTP_URL"));
    assertTrue(
        faults(Map.of("AIRLOCK_SMTP_URL", "mail")).contains("names no server")
            || faults(Map.of("AIRLOCK_SMTP_URL", "mail")).contains("expected smtps://"));
  }
}
