package dev.airlock.web.session;

import dev.airlock.store.Environment;
import dev.airlock.store.Vouching;
import dev.airlock.web.http.Proxies;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in, and for how long.
 *
 * @param publicUrl where people reach this process, without a path; null where nobody said it
 * @param idle after how long without a request a session is over
 * @param longest after how long a session is over in any case
 * @param requestsPerSecond of one token or session, on average
 * @param oidc the provider of OpenID Connect; null for none
 */
public record AccessConfig(
    @Nullable URI publicUrl,
    Proxies proxies,
    Duration idle,
    Duration longest,
    int requestsPerSecond,
    @Nullable OidcSettings oidc) {

  private static final Duration IDLE = Duration.ofHours(2);
  private static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration MONTH = Duration.ofDays(31);
  private static final int PER_SECOND = 200;

  /** What holds where nothing is set. */
  public static AccessConfig standard() {
    return new AccessConfig(null, Proxies.of(""), IDLE, LONGEST, PER_SECOND, null);
  }

  /** The same with another limit. */
  public AccessConfig withRequestsPerSecond(int most) {
    return new AccessConfig(publicUrl, proxies, idle, longest, most, oidc);
  }

  /** How long a provider's word for one of its people lasts. */
  public Duration vouched() {
    return oidc == null ? Vouching.USUAL : oidc.vouched();
  }

  /** Reads the environment; faults are left in it. */
  public static AccessConfig from(Environment environment) {
    URI publicUrl = publicUrl(environment);
    return new AccessConfig(
        publicUrl,
        proxies(environment, publicUrl),
        duration(environment, "AIRLOCK_SESSION_IDLE", IDLE),
        duration(environment, "AIRLOCK_SESSION_LONGEST", LONGEST),
        perSecond(environment),
        OidcSettings.from(environment, publicUrl));
  }

  private static boolean isOverTls(@Nullable URI publicUrl) {
    return publicUrl != null && "https".equals(publicUrl.getScheme());
  }

  /**
   * What is set in a way that was hardly meant: a sentence for the log; null for nothing. Behind a
   * proxy that nobody named, everybody seems to come from one address.
   */
  public @Nullable String warning() {
    return isOverTls(publicUrl) && proxies.isEmpty()
        ? "AIRLOCK_PUBLIC_URL is %s, so something in front of this process ends TLS, but AIRLOCK_TRUSTED_PROXIES names no proxy: all people count as one address, for limits, lock-outs and the audit. Name the proxy's address there."
            .formatted(publicUrl)
        : null;
  }

  private static @Nullable URI publicUrl(Environment environment) {
    String name = "AIRLOCK_PUBLIC_URL";
    if (environment.find(name).isEmpty()) {
      return null;
    }
    URI url = environment.uri(name, "where people reach this, such as https://airlock.example.org");
    String scheme = String.valueOf(url.getScheme());
    boolean isBare =
        (url.getPath() == null || url.getPath().isEmpty() || url.getPath().equals("/"))
            && url.getHost() != null;
    if (!scheme.matches("https?") || !isBare) {
      environment.fault(name + " is '" + url + "': expected http or https, a host and no path.");
      return null;
    }
    return URI.create(scheme + "://" + url.getRawAuthority());
  }

  private static Proxies proxies(Environment environment, @Nullable URI publicUrl) {
    try {
      Proxies named = Proxies.of(environment.find("AIRLOCK_TRUSTED_PROXIES").orElse(""));
      return isOverTls(publicUrl) ? named.behindTls() : named;
    } catch (IllegalArgumentException e) {
      environment.fault("AIRLOCK_TRUSTED_PROXIES: " + e.getMessage());
      return Proxies.of("");
    }
  }

  private static Duration duration(Environment environment, String name, Duration otherwise) {
    Optional<String> text = environment.find(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      Duration duration = Duration.parse(text.get());
      if (duration.compareTo(Duration.ofMinutes(1)) >= 0 && duration.compareTo(MONTH) <= 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Told below, with the rest.
    }
    environment.fault(
        "%s is '%s': expected a duration from PT1M to P31D, such as PT2H."
            .formatted(name, text.get()));
    return otherwise;
  }

  private static int perSecond(Environment environment) {
    String name = "AIRLOCK_REQUESTS_PER_SECOND";
    String text = environment.find(name).orElse(Integer.toString(PER_SECOND));
    if (!text.matches("[1-9][0-9]{0,4}")) {
      environment.fault("%s is '%s': expected 1 to 99999.".formatted(name, text));
      return PER_SECOND;
    }
    return Integer.parseInt(text);
  }
}
