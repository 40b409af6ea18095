package dev.airlock.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AlertSignatureTest {

  private static final byte[] KEY = "a key that two parties share".getBytes(UTF_8);
  private static final byte[] BODY = "{\"event\":\"opened\"}".getBytes(UTF_8);
  private static final String SENT = "890000000";

  /** {@code printf '890000000.{"event":"opened"}' | openssl dgst -sha256 -hmac "$KEY"}. */
  private static final String SIGNATURE =
      "v1=141425255be4e8a9c8fbbb987fe2df1ba9322dee30b4d0e47c274cf8e89ae7a6";

  @Test
  void shouldBelieveWhatTheKeySignedMinutesAgo() throws GeneralSecurityException {
    assertTrue(isGenuine(SENT, BODY, SIGNATURE, 299));
  }

  @Test
  void shouldNotBelieveOtherBytesAnotherMomentOrAnOldMessage() throws GeneralSecurityException {
    assertFalse(isGenuine(SENT, "{\"event\":\"closed\"}".getBytes(UTF_8), SIGNATURE, 0));
    assertFalse(isGenuine("890000001", BODY, SIGNATURE, 0));
    assertFalse(isGenuine(SENT, BODY, SIGNATURE.replace('0', '1'), 0));
    assertFalse(isGenuine(SENT, BODY, SIGNATURE, 301));
    assertFalse(isGenuine(SENT, BODY, SIGNATURE, -301));
  }

  private static boolean isGenuine(String timestamp, byte[] body, String signature, int later)
      throws GeneralSecurityException {
    Instant now = Instant.ofEpochSecond(890_000_000L + later);
    return AlertSignature.isGenuine(KEY, timestamp, body, signature, now);
  }
}
