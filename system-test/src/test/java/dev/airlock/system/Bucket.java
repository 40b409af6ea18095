package dev.airlock.system;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The guide's formula, once more: who meets the candidate at which weight. */
final class Bucket {

  private static final BigInteger BUCKETS = BigInteger.valueOf(10_000);
  private static final int BUCKETS_PER_PERCENT = 100;

  private Bucket() {}

  /** From 0 to 9999. */
  static int of(String model, String customer) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((model + "/" + customer).getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOf(digest, Long.BYTES)).mod(BUCKETS).intValueExact();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static boolean meetsCandidate(String model, String customer, int weight) {
    return of(model, customer) < weight * BUCKETS_PER_PERCENT;
  }
}
