package dev.airlock.store;

import java.util.List;

/**
 * Somebody for whom a provider of OpenID Connect vouches. Who it is, issuer and subject say; the
 * rest may change from one sign-in to the next.
 *
 * @param name as they would like to be called here; another number behind it where it is taken
 */
public record VouchedPerson(
    String issuer, String subject, String name, Role role, List<String> teams) {
  public VouchedPerson {
    teams = List.copyOf(teams);
  }
}
