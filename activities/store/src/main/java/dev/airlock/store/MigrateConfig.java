package dev.airlock.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Migrate} works with.
 *
 * @param owner the role that owns the schema; it must be able to create roles
 * @param applicationPassword for the role that it makes, {@value Migrate#APPLICATION_ROLE}
 * @param accounts people to make, or to bring up to date
 * @param teams the members of each team that is named
 * @param providerTeams the teams that groups of a provider make somebody a member of
 * @param vouched for how long a provider's word for its people lasts, as far as votes go
 */
public record MigrateConfig(
    String url,
    String owner,
    String ownerPassword,
    String applicationPassword,
    List<Account> accounts,
    SortedMap<String, List<String>> teams,
    Set<String> providerTeams,
    Duration vouched) {

  /** What says which groups of a provider make somebody a member of which team. */
  public static final String OIDC_TEAMS = "AIRLOCK_OIDC_TEAMS";

  /** The same without a provider's teams, whose word lasts for as long as it does by itself. */
  public MigrateConfig(
      String url,
      String owner,
      String ownerPassword,
      String applicationPassword,
      List<Account> accounts,
      SortedMap<String, List<String>> teams) {
    this(url, owner, ownerPassword, applicationPassword, accounts, teams, Set.of(), Vouching.USUAL);
  }

  public MigrateConfig {
    accounts = List.copyOf(accounts);
    teams = new TreeMap<String, List<String>>((Map<String, List<String>>) teams);
    providerTeams = Set.copyOf(providerTeams);
  }

  /**
   * Reads AIRLOCK_DATABASE_URL, AIRLOCK_DATABASE_OWNER_PASSWORD_FILE,
   * AIRLOCK_DATABASE_PASSWORD_FILE (otherwise {@code AIRLOCK_HOME/secrets/app.password}), {@code
   * AIRLOCK_HOME/users/*.json}, AIRLOCK_TEAMS ({@code ml-leads=approver,alice;risk=bob}), the teams
   * of AIRLOCK_OIDC_TEAMS and AIRLOCK_OIDC_VOUCHED_DAYS. Faults are left in the environment, for
   * {@link Environment#verify}.
   */
  public static MigrateConfig from(Environment environment) {
    return new MigrateConfig(
        StoreConfig.databaseUrl(environment),
        environment.find("AIRLOCK_DATABASE_OWNER").orElse("airlock_owner"),
        environment.secret(
            "AIRLOCK_DATABASE_OWNER_PASSWORD_FILE", "the password of the schema's owner"),
        applicationPassword(environment),
        accounts(environment),
        environment.lists(ConfiguredPeople.TEAMS, "TEAM=PERSON,PERSON"),
        environment.lists(OIDC_TEAMS, "TEAM=GROUP,GROUP").keySet(),
        Vouching.from(environment));
  }

  /** Where no setting names the file, it lies at its usual place in the home. */
  private static String applicationPassword(Environment environment) {
    String setting = "AIRLOCK_DATABASE_PASSWORD_FILE";
    String meaning = "the password of the application's role";
    Optional<Path> usual =
        environment
            .find("AIRLOCK_HOME")
            .map(home -> Path.of(home).resolve("secrets/app.password"))
            .filter(file -> environment.find(setting).isEmpty() && Files.exists(file));
    return usual.isPresent()
        ? environment.secretIn(usual.get(), setting, meaning)
        : environment.secret(setting, meaning);
  }

  private static List<Account> accounts(Environment environment) {
    Path users = environment.path("AIRLOCK_HOME", "the home of this system").resolve("users");
    if (!Files.isDirectory(users)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(users)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .flatMap(file -> account(environment, file).stream())
          .toList();
    } catch (IOException e) {
      environment.fault("The folder " + users + " cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  private static Optional<Account> account(Environment environment, Path file) {
    try {
      return Optional.of(Json.read(Files.readString(file), UserFile.class).account());
    } catch (IOException | IllegalArgumentException e) {
      environment.fault(
          file
              + " is no user file: expected {\"url\", \"name\", \"role\", \"password\", \"token\"}; "
              + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "MigrateConfig[" + owner + " at " + url + "]";
  }

  private record UserFile(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("role") @Nullable String role,
      @JsonProperty("password") @Nullable String password,
      @JsonProperty("token") @Nullable String token) {

    Account account() {
      return new Account(
          present("name", name),
          Words.read(Role.class, present("role", role)),
          present("password", password),
          present("token", token));
    }

    private static String present(String field, @Nullable String value) {
      if (value == null || value.isBlank()) {
        throw new IllegalArgumentException("'" + field + "' is missing.");
      }
      return value;
    }
  }
}
