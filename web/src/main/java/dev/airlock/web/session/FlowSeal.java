package dev.airlock.web.session;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import dev.airlock.store.HomeKey;
import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a sign-in that has begun in the browser that began it: encrypted and signed (JWE, A256GCM),
 * so that any web process of this system takes it up and no stranger can fill the memory of one.
 */
public final class FlowSeal {
  private static final String ALGORITHM = "HmacSHA256";
  private static final JWEHeader HEADER = new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM);

  private final Supplier<byte[]> root;
  private volatile @Nullable SecretKeySpec key;

  FlowSeal(Supplier<byte[]> root) {
    this.root = root;
  }

  /**
   * Under a key that is reckoned from the one which web processes share for their links; it is not
   * read before the first person comes.
   *
   * @param given that key ({@code AIRLOCK_SECRETS_LINKS}); empty for {@code links.key} of the home
   */
  public static FlowSeal of(Optional<String> given, Path home) {
    return new FlowSeal(() -> HomeKey.of(given, home, "links.key"));
  }

  /** The flow, fit for a cookie. */
  String seal(OidcFlow flow) {
    JWEObject sealed = new JWEObject(HEADER, new Payload(Json.write(flow.kept())));
    try {
      sealed.encrypt(new DirectEncrypter(key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("Every Java has AES-GCM.", e);
    }
    return sealed.serialize();
  }

  /** The flow that was sealed so; empty where it is none, or is over. */
  Optional<OidcFlow> open(@Nullable String sealed, Instant now) {
    if (sealed == null || sealed.isEmpty()) {
      return Optional.empty();
    }
    try {
      JWEObject object = JWEObject.parse(sealed);
      JWEHeader header = object.getHeader();
      if (!JWEAlgorithm.DIR.equals(header.getAlgorithm())
          || !EncryptionMethod.A256GCM.equals(header.getEncryptionMethod())
          || header.getCompressionAlgorithm() != null) {
        return Optional.empty();
      }
      object.decrypt(new DirectDecrypter(key()));
      return Optional.of(
              OidcFlow.of(Json.read(object.getPayload().toString(), OidcFlow.Kept.class)))
          .filter(flow -> flow.endsAt().isAfter(now));
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private SecretKeySpec key() {
    SecretKeySpec known = key;
    if (known == null) {
      known = reckoned();
      key = known;
    }
    return known;
  }

  private SecretKeySpec reckoned() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(root.get(), ALGORITHM));
      return new SecretKeySpec(
          mac.doFinal("airlock sign-in flow".getBytes(StandardCharsets.UTF_8)), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM + ".", e);
    }
  }
}
