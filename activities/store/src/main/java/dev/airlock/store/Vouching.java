package dev.airlock.store;

import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * For how long a provider's word for one of its people lasts. Whoever has not signed in with it for
 * longer has tokens and votes that rest, until they do. The database holds it for votes.
 */
public final class Vouching {

  /** Where nothing else is said. */
  public static final Duration USUAL = Duration.ofDays(30);

  private static final String SETTING = "AIRLOCK_OIDC_VOUCHED_DAYS";

  private Vouching() {}

  /** Reads the setting, in whole days; a fault is left in the environment. */
  public static Duration from(Environment environment) {
    String text = environment.find(SETTING).orElse(Long.toString(USUAL.toDays()));
    if (!text.matches("[1-9][0-9]{0,3}")) {
      environment.fault("%s is '%s': expected 1 to 9999 days.".formatted(SETTING, text));
      return USUAL;
    }
    return Duration.ofDays(Long.parseLong(text));
  }

  /** Writes it down, as the owner of the schema; a change leaves a row of the audit. */
  static void set(Handle handle, Duration lasts) {
    Duration before = handle.createQuery("select lasts from vouching").mapTo(Duration.class).one();
    if (before.equals(lasts)) {
      return;
    }
    handle.createUpdate("update vouching set lasts = :lasts").bind("lasts", lasts).execute();
    Audit.record(
        handle,
        Acting.within(SETTING, Origin.Channel.MIGRATION)
            .did(AuditAction.SET_VOUCHING, "setting", SETTING)
            .before(Map.of("days", before.toDays()))
            .after(Map.of("days", lasts.toDays())));
  }
}
