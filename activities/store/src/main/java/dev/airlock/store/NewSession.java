package dev.airlock.store;

/**
 * A session that has just begun.
 *
 * @param secret for the cookie; kept nowhere but there
 */
public record NewSession(String secret, String csrfToken) {}
