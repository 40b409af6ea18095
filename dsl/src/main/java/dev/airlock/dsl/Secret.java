package dev.airlock.dsl;

/**
 * A secret, by its name. Its value is known to the workers alone, from {@code
 * AIRLOCK_SECRETS_SLACK_TOKEN} or a file {@code secrets/slack-token} for the name {@code
 * slack-token}. It is in no graph, no history and no log.
 */
public final class Secret implements Input<SecretValue> {

  private final String name;

  private Secret(String name) {
    this.name = name;
  }

  /** The secret of this name: lower-case words joined by hyphens. */
  public static Secret named(String name) {
    return new Secret(name);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  void check(Findings findings) {
    Names.check(name, "secret", findings);
  }
}
