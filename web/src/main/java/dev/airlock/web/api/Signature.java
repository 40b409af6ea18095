package dev.airlock.web.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.web.http.ProblemException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * HMAC-SHA256 over the timestamp, the delivery and the body of a call, joined by dots, in
 * lower-case hex: the manner in which Airlock signs its own notifications, with the delivery beside
 * it.
 *
 * @param timestamp seconds since 1970
 * @param delivery the sender's name for the call, so that a repetition is known
 * @param signature {@code v1=…}
 */
record Signature(
    @Nullable String timestamp, @Nullable String delivery, @Nullable String signature) {

  static final Duration WINDOW = Duration.ofMinutes(5);

  private static final String VERSION = "v1=";

  /**
   * Holds the call against the key and the clock.
   *
   * @throws ProblemException 401 with the reason
   */
  void verify(String key, byte[] body, Instant now) {
    if (timestamp == null || delivery == null || delivery.isBlank() || signature == null) {
      throw ProblemException.unauthorized(
          "The call is not signed: send X-Airlock-Timestamp, X-Airlock-Delivery and X-Airlock-Signature.");
    }
    if (!timestamp.matches("\\d{1,12}")) {
      throw ProblemException.unauthorized(
          "X-Airlock-Timestamp is '%s', expected seconds since 1970.".formatted(timestamp));
    }
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
    if (age.compareTo(WINDOW) > 0) {
      throw ProblemException.unauthorized(
          "The call was signed at %s, more than %d minutes from now, %s. Sign it again; where that does not help, set the sender's clock."
              .formatted(
                  Instant.ofEpochSecond(Long.parseLong(timestamp)),
                  WINDOW.toMinutes(),
                  Instant.ofEpochSecond(now.getEpochSecond())));
    }
    byte[] expected = (VERSION + of(key, timestamp, delivery, body)).getBytes(UTF_8);
    if (!MessageDigest.isEqual(expected, signature.getBytes(UTF_8))) {
      throw ProblemException.unauthorized(
          "The signature does not fit. Expected v1= and the HMAC-SHA256, in hex, of timestamp, delivery and body joined by dots, under the webhook's key.");
    }
  }

  private static String of(String key, String timestamp, String delivery, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
      mac.update((timestamp + "." + delivery + ".").getBytes(UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256.", e);
    }
  }
}
