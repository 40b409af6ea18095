package dev.airlock.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How a receiver of alerts tells a genuine one from any other. */
final class AlertSignature {

  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private AlertSignature() {}

  /**
   * Whether a message was signed with the key, and lately.
   *
   * @param timestamp {@code X-Airlock-Timestamp}, seconds since 1970
   * @param body the bytes as they came
   * @param signature {@code X-Airlock-Signature}
   * @throws NumberFormatException where the timestamp is no number
   */
  static boolean isGenuine(byte[] key, String timestamp, byte[] body, String signature, Instant now)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    mac.update((timestamp + ".").getBytes(UTF_8));
    String expected = "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
    return age.compareTo(TOLERANCE) <= 0
        && MessageDigest.isEqual(expected.getBytes(UTF_8), signature.getBytes(UTF_8));
  }
}
