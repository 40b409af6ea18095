package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * From where a change came.
 *
 * @param address the network address of the peer; null where the change came from within
 * @param token the API token that was sent, by its name; null for a session and from within
 * @param requestId of the request, as its answer carried it; or what within asked for the change
 */
public record Origin(
    Channel channel, @Nullable String address, @Nullable String token, @Nullable String requestId) {

  /** By which door. */
  public enum Channel {
    /** A page, by somebody who has signed in. */
    WEB,
    /** REST, by a token. */
    API,
    /** The command, by a token. */
    CLI,
    /** A signed link out of a notification. */
    LINK,
    /** A policy that somebody has signed. */
    POLICY,
    /** A schedule: time, data, new code, a webhook or a file that was found. */
    SCHEDULE,
    /** A rule of a monitor or of a rollout. */
    RULE,
    /** A workflow, which carries out what was asked for before. */
    WORKFLOW,
    /** The start of the system with its configuration. */
    MIGRATION,
    /** Straight into a table of the gate, past every door of the application. */
    DATABASE
  }

  /** From within: no address, no token. */
  public static Origin within(Channel channel, @Nullable String requestId) {
    return new Origin(channel, null, null, requestId);
  }
}
