package dev.airlock.web.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where a customer stands in every split of a model. It depends on nothing else, so a customer
 * meets the same version on every instance, and a weight that rises takes nobody back to the live
 * version.
 */
final class Bucket {
  /** How many there are. */
  static final int COUNT = 10_000;

  private static final int PER_PERCENT = COUNT / 100;

  private Bucket() {}

  /**
   * The customer's bucket, 0 to 9,999: the first eight bytes of the SHA-256 of {@code
   * model/customer} in UTF-8, as an unsigned number, modulo 10,000.
   */
  static int of(String model, String customer) {
    byte[] digest = sha256().digest((model + "/" + customer).getBytes(StandardCharsets.UTF_8));
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), COUNT);
  }

  /**
   * Whether the customer belongs to the candidate's share.
   *
   * @param weight of the candidate, 0 to 100 percent
   */
  static boolean isInShare(String model, String customer, int weight) {
    return of(model, customer) < weight * PER_PERCENT;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
