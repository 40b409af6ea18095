package dev.airlock.spark;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands in for personal values: a keyed hash, so that the same value is seen to be the same
 * everywhere, and nobody without the key can try values until one fits.
 */
public final class Mask {

  /** What every mask begins with. */
  static final String PREFIX = "mask:";

  private static final String HMAC = "HmacSHA256";
  private static final int BYTES = 4;

  private final SecretKeySpec key;

  /**
   * Masks under a key.
   *
   * @param key the installation's secret, at least 16 bytes
   */
  public Mask(byte[] key) {
    if (key.length < 16) {
      throw new IllegalArgumentException(
          "The key of masks has %d bytes, expected at least 16.".formatted(key.length));
    }
    this.key = new SecretKeySpec(key, HMAC);
  }

  /** {@code mask:3f9a1c2e}; upper case and blanks around it make no other person. */
  String of(Object value) {
    String text = value.toString().strip().toLowerCase(Locale.ROOT);
    byte[] hash = mac().doFinal(text.getBytes(StandardCharsets.UTF_8));
    return PREFIX + HexFormat.of().formatHex(Arrays.copyOf(hash, BYTES));
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Every Java has " + HMAC + ".", e);
    }
  }
}
