package dev.airlock.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Holds the receiver's check against a signature that {@code openssl dgst} has made. */
final class AlertSignatureTest {

  private static final byte[] KEY = "a key of the shop".getBytes(UTF_8);
  private static final byte[] BODY = "{\"event\":\"opened\"}".getBytes(UTF_8);
  private static final String TIMESTAMP = "1795273200";
  private static final Instant THEN = Instant.ofEpochSecond(1_795_273_200);

  // printf '1795273200.{"event":"opened"}' | openssl dgst -sha256 -hmac 'a key of the shop'
  private static final String SIGNATURE =
      "v1=5f641f26aead547865a3894ca806fdeb548ef08c8495a37ec904b42482f6cd3c";

  @Test
  void shouldTakeWhatWasSignedWithTheKey() throws GeneralSecurityException {
    assertTrue(AlertSignature.isGenuine(KEY, TIMESTAMP, BODY, SIGNATURE, THEN.plusSeconds(30)));
  }

  @Test
  void shouldRefuseAnotherBodyAnotherKeyAnotherMomentAndAnOldMessage()
      throws GeneralSecurityException {
    byte[] other = "{\"event\":\"closed\"}".getBytes(UTF_8);
    byte[] otherKey = "another key".getBytes(UTF_8);

    assertFalse(AlertSignature.isGenuine(KEY, TIMESTAMP, other, SIGNATURE, THEN));
    assertFalse(AlertSignature.isGenuine(otherKey, TIMESTAMP, BODY, SIGNATURE, THEN));
    assertFalse(AlertSignature.isGenuine(KEY, "1795273201", BODY, SIGNATURE, THEN));
    assertFalse(AlertSignature.isGenuine(KEY, TIMESTAMP, BODY, SIGNATURE, THEN.plusSeconds(3_600)));
  }
}
