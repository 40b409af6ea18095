package dev.airlock.web.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a browser keeps of a sign-in says nothing, and can't be altered. */
final class FlowSealTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String VERIFIER = "verifier-that-has-at-least-forty-three-characters";

  private final FlowSeal seal = sealOf("the key that all webs share");

  private static FlowSeal sealOf(String key) {
    return new FlowSeal(() -> key.getBytes(StandardCharsets.UTF_8));
  }

  private static OidcFlow flow() {
    OidcFlow flow = OidcFlow.begin("/runs", NOW.plus(Duration.ofMinutes(10)));
    flow.values().put("state", new State("the-state"));
    flow.values().put("verifier", new CodeVerifier(VERIFIER));
    flow.values().put("nonce", "the-nonce");
    return flow;
  }

  @Test
  void shouldGiveBackWhatItSealedInAnotherProcessToo() {
    String sealed = seal.seal(flow());
    assertEquals(Optional.of(flow()), sealOf("the key that all webs share").open(sealed, NOW));
    assertTrue(sealed.length() < 1_500, sealed);
    for (String secret : new String[] {"the-state", VERIFIER, "the-nonce", "/runs"}) {
      assertFalse(sealed.contains(secret));
    }
  }

  @Test
  void shouldTakeNothingElse() {
    String sealed = seal.seal(flow());
    assertTrue(sealOf("another key").open(sealed, NOW).isEmpty());
    assertTrue(seal.open(sealed, NOW.plus(Duration.ofMinutes(10))).isEmpty());
    int body = sealed.lastIndexOf('.') - 3;
    char other = sealed.charAt(body) == 'A' ? 'B' : 'A';
    assertTrue(
        seal.open(sealed.substring(0, body) + other + sealed.substring(body + 1), NOW).isEmpty());
    // {"alg":"none"} and {"enc":"A256GCM","alg":"dir","zip":"DEF"}
    for (String forged :
        new String[] {
          "",
          "x",
          "a.b.c.d.e",
          "eyJhbGciOiJub25lIn0.e30.",
          "eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIiwiemlwIjoiREVGIn0"
              + sealed.substring(sealed.indexOf('.'))
        }) {
      assertTrue(seal.open(forged, NOW).isEmpty(), forged);
    }
    assertTrue(seal.open(null, NOW).isEmpty());
  }
}
