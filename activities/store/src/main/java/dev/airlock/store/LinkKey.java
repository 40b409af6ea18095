package dev.airlock.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs links to approvals, by HMAC-SHA256 over all that a link says. The database does not know
 * the key, so that no row which somebody writes there makes a link.
 */
public final class LinkKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LONGEST = 100;

  private final SecretKeySpec key;

  private LinkKey(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The given key ({@code AIRLOCK_SECRETS_LINKS}), or {@code links.key} of the home. */
  public static LinkKey of(Optional<String> given, Path home) {
    return new LinkKey(HomeKey.of(given, home, "links.key"));
  }

  /** What stands in the link's address: its id and its signature. */
  public String token(ApprovalLink link) {
    return link.id() + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sign(link));
  }

  /**
   * The id that a token names; empty where it is no token. Whether it is genuine is not looked at.
   */
  public static OptionalLong id(String token) {
    int dot = token.indexOf('.');
    if (dot < 1 || token.length() > LONGEST) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(token.substring(0, dot)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether the token was made from this link by this key. */
  public boolean isOf(ApprovalLink link, String token) {
    return MessageDigest.isEqual(
        token(link).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] sign(ApprovalLink link) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      String said =
          String.join(
              "\n",
              "airlock approval link",
              Long.toString(link.id()),
              Long.toString(link.approvalId()),
              link.person(),
              link.digest(),
              Long.toString(link.expiresAt().toEpochMilli()));
      return mac.doFinal(said.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM + ".", e);
    }
  }
}
