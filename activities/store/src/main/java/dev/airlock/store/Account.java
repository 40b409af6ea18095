package dev.airlock.store;

/**
 * Somebody who shall be able to sign in.
 *
 * @param name lower-case letters, digits, dots, hyphens and underscores
 * @param token for programs; kept as its SHA-256
 */
public record Account(String name, Role role, String password, String token) {

  @Override
  public String toString() {
    return "Account[" + name + ", " + role.word() + "]";
  }
}
