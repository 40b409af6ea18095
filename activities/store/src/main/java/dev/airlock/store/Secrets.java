package dev.airlock.store;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.airlock.workflows.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** Passwords as Argon2id, random tokens as SHA-256: they have no need of slowness. */
final class Secrets {

  /** 19 MiB, two passes, one lane: the first of OWASP's recommended settings. */
  private static final Argon2Function ARGON2ID =
      Argon2Function.getInstance(19_456, 2, 1, 32, Argon2.ID);

  /** Checked in place of the hash of a person who does not exist. */
  static final String NOBODYS_HASH = hash(random());

  private Secrets() {}

  static String hash(String password) {
    return Password.hash(password).addRandomSalt(16).with(ARGON2ID).getResult();
  }

  static boolean matches(String password, String hash) {
    return Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash));
  }

  static String digest(String token) {
    return Json.digest(token.getBytes(StandardCharsets.UTF_8));
  }

  /** 256 random bits, fit for a cookie. */
  static String random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
