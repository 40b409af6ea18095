package dev.airlock.messages;

import dev.airlock.messages.MailServer.Security;
import dev.airlock.store.Environment;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where messages go.
 *
 * @param alerts where alerts are posted
 * @param approvals where approvals are posted
 * @param mail by which server people are written to
 * @param onCall the addresses that get a mail for each alert
 * @param pages the address under which people reach Airlock's pages, such as {@code
 *     http://127.0.0.1:8080}
 * @param linkKey signs the links in mails; the home keeps one where it is empty
 */
public record MessagesConfig(
    Optional<Webhook> alerts,
    Optional<Webhook> approvals,
    Optional<MailServer> mail,
    List<String> onCall,
    URI pages,
    Optional<String> linkKey) {
  private static final int SUBMISSION = 587;
  private static final int SUBMISSION_OVER_TLS = 465;
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String A_SERVER =
      "smtps://user@host:465, smtp://user@host:587 (with STARTTLS), or smtp://host:25?starttls=off";

  /** Reads the environment; faults are noted there. */
  public static MessagesConfig from(Environment environment) {
    return new MessagesConfig(
        webhook(environment, "AIRLOCK_ALERT_WEBHOOK", "AIRLOCK_SECRETS_ALERT_WEBHOOK"),
        webhook(environment, "AIRLOCK_APPROVAL_WEBHOOK", "AIRLOCK_SECRETS_APPROVAL_WEBHOOK"),
        mail(environment),
        onCall(environment),
        pages(environment),
        linkKey(environment));
  }

  private static Optional<Webhook> webhook(Environment environment, String name, String key) {
    if (environment.find(name).isEmpty()) {
      return Optional.empty();
    }
    String expected = "an http or https URL, such as https://alerts.example.org/airlock";
    URI address = environment.uri(name, expected);
    if (!isHttp(address)) {
      environment.fault(name + " is '" + address + "': expected " + expected + ".");
    }
    return Optional.of(
        new Webhook(address, environment.text(key, "the key that signs what " + name + " gets")));
  }

  private static Optional<MailServer> mail(Environment environment) {
    if (environment.find("AIRLOCK_SMTP_URL").isEmpty()) {
      return Optional.empty();
    }
    URI address = environment.uri("AIRLOCK_SMTP_URL", A_SERVER);
    boolean isTls = "smtps".equals(address.getScheme());
    if (address.getHost() == null || !(isTls || "smtp".equals(address.getScheme()))) {
      // Its user may be followed by a password: it is not repeated.
      environment.fault("AIRLOCK_SMTP_URL names no server: expected " + A_SERVER + ".");
      return Optional.empty();
    }
    return Optional.of(
        new MailServer(
            address.getHost(),
            address.getPort() > 0 ? address.getPort() : isTls ? SUBMISSION_OVER_TLS : SUBMISSION,
            security(environment, address, isTls),
            user(environment, address),
            password(environment, address),
            sender(environment)));
  }

  private static Security security(Environment environment, URI address, boolean isTls) {
    @Nullable String query = address.getQuery();
    if (query != null && !query.equals("starttls=off")) {
      environment.fault(
          "AIRLOCK_SMTP_URL ends with '?%s': expected %s.".formatted(query, A_SERVER));
    }
    if (isTls) {
      return Security.TLS;
    }
    return query != null || THIS_MACHINE.contains(address.getHost())
        ? Security.NONE
        : Security.STARTTLS;
  }

  private static Optional<String> user(Environment environment, URI address) {
    Optional<String> user = Optional.ofNullable(address.getUserInfo());
    if (user.filter(text -> text.contains(":")).isPresent()) {
      environment.fault(
          "AIRLOCK_SMTP_URL holds a password: take it out, and put it into AIRLOCK_SECRETS_SMTP.");
    }
    return user;
  }

  private static Optional<String> password(Environment environment, URI address) {
    return address.getUserInfo() == null
        ? Optional.empty()
        : Optional.of(
            environment.text(
                "AIRLOCK_SECRETS_SMTP", "the password of the user in AIRLOCK_SMTP_URL"));
  }

  private static String sender(Environment environment) {
    String from =
        environment.text(
            "AIRLOCK_MAIL_FROM", "the address that mails come from, such as airlock@example.org");
    if (!from.isEmpty()) {
      checkAddress(environment, "AIRLOCK_MAIL_FROM", from);
    }
    return from;
  }

  private static List<String> onCall(Environment environment) {
    List<String> addresses =
        environment
            .find("AIRLOCK_ALERT_EMAIL")
            .map(text -> Arrays.stream(text.split(",", -1)).map(String::strip).toList())
            .orElse(List.of());
    addresses.forEach(address -> checkAddress(environment, "AIRLOCK_ALERT_EMAIL", address));
    if (!addresses.isEmpty() && environment.find("AIRLOCK_SMTP_URL").isEmpty()) {
      environment.fault(
          "AIRLOCK_ALERT_EMAIL is set, and no server takes mail: set AIRLOCK_SMTP_URL too.");
    }
    return addresses;
  }

  private static void checkAddress(Environment environment, String name, String address) {
    try {
      new InternetAddress(address, true).validate();
    } catch (AddressException e) {
      environment.fault(
          "%s holds '%s': expected an e-mail address, such as ada@example.org."
              .formatted(name, address));
    }
  }

  private static URI pages(Environment environment) {
    if (environment.find("AIRLOCK_PUBLIC_URL").isEmpty()) {
      return URI.create("http://127.0.0.1:" + environment.port("AIRLOCK_HTTP_PORT", 8080));
    }
    String expected = "the URL under which people reach the pages, such as http://127.0.0.1:8080";
    URI pages = environment.uri("AIRLOCK_PUBLIC_URL", expected);
    if (!isHttp(pages)) {
      environment.fault("AIRLOCK_PUBLIC_URL is '" + pages + "': expected " + expected + ".");
    }
    return pages;
  }

  private static Optional<String> linkKey(Environment environment) {
    Optional<String> key = environment.find("AIRLOCK_SECRETS_LINKS");
    if (key.isPresent() && key.get().length() < 16) {
      environment.fault("AIRLOCK_SECRETS_LINKS is shorter than 16 characters: give a longer key.");
    }
    return key;
  }

  private static boolean isHttp(URI address) {
    return address.getHost() != null
        && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
  }

  /** Keeps the key to itself. */
  @Override
  public String toString() {
    return "MessagesConfig[alerts=%s, approvals=%s, mail=%s, pages=%s]"
        .formatted(alerts, approvals, mail, pages);
  }
}
