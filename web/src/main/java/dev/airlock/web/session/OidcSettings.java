package dev.airlock.web.session;

import dev.airlock.store.Environment;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.Role;
import dev.airlock.store.Vouching;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A provider of OpenID Connect, and what its groups mean here.
 *
 * @param name what stands on the sign-in page, as in "Sign in with NAME"
 * @param callback where the provider sends people back to
 * @param groupsClaim the claim of the id token that holds the groups
 * @param roles the groups that give each role
 * @param teams the groups that make somebody a member of each team
 * @param vouched how long the provider's word for somebody lasts: their tokens rest after it, until
 *     they sign in again
 */
public record OidcSettings(
    String name,
    URI issuer,
    String clientId,
    String clientSecret,
    URI callback,
    String groupsClaim,
    Map<String, List<String>> roles,
    Map<String, List<String>> teams,
    Duration vouched) {

  /** Where people begin, under the address of this process. */
  public static final String PATH = "/sign-in/oidc";

  public OidcSettings {
    roles = Map.copyOf(roles);
    teams = Map.copyOf(teams);
  }

  static @Nullable OidcSettings from(Environment environment, @Nullable URI publicUrl) {
    if (environment.find("AIRLOCK_OIDC_ISSUER").isEmpty()) {
      return null;
    }
    URI issuer = environment.uri("AIRLOCK_OIDC_ISSUER", "the issuer's URL");
    if (publicUrl == null) {
      environment.fault(
          "AIRLOCK_PUBLIC_URL is missing: the provider sends people back to it, such as https://airlock.example.org.");
    }
    Map<String, List<String>> roles = environment.lists("AIRLOCK_OIDC_ROLES", "ROLE=GROUP,GROUP");
    if (roles.isEmpty()) {
      environment.fault(
          "AIRLOCK_OIDC_ROLES is missing: say which groups give which role, such as viewer=staff;approver=ml-leads.");
    }
    roles.keySet().stream()
        .filter(word -> role(word).isEmpty())
        .forEach(
            word ->
                environment.fault(
                    "AIRLOCK_OIDC_ROLES names the role '%s': expected one of viewer, engineer, approver, admin."
                        .formatted(word)));
    return new OidcSettings(
        environment.find("AIRLOCK_OIDC_NAME").orElse("OpenID Connect"),
        issuer,
        environment.text("AIRLOCK_OIDC_CLIENT_ID", "as the provider knows this system"),
        environment.secret("AIRLOCK_OIDC_CLIENT_SECRET_FILE", "the client's secret"),
        URI.create((publicUrl == null ? "http://unset" : publicUrl) + PATH + "/callback"),
        environment.find("AIRLOCK_OIDC_GROUPS_CLAIM").orElse("groups"),
        roles,
        environment.lists(MigrateConfig.OIDC_TEAMS, "TEAM=GROUP,GROUP"),
        Vouching.from(environment));
  }

  private static Optional<Role> role(String word) {
    return Arrays.stream(Role.values())
        .filter(role -> role.word().equals(word.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** The highest role that one of the groups gives; empty where none gives any. */
  Optional<Role> roleOf(Set<String> groups) {
    return named(roles, groups).stream()
        .flatMap(word -> role(word).stream())
        .max(Comparator.naturalOrder());
  }

  /** The teams that the groups make somebody a member of. */
  List<String> teamsOf(Set<String> groups) {
    return List.copyOf(named(teams, groups));
  }

  /**
   * The name that somebody new wishes for, unless a team is called so here, be it one that nobody
   * is in yet: it would be closed to all, and the next start refused.
   */
  String nameOfNoTeam(String wish) {
    return teams.containsKey(wish) ? wish + "-2" : wish;
  }

  private static Set<String> named(Map<String, List<String>> meaning, Set<String> groups) {
    return meaning.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(groups::contains))
        .map(Map.Entry::getKey)
        .sorted()
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Override
  public String toString() {
    return "OidcSettings[" + issuer + "]";
  }
}
