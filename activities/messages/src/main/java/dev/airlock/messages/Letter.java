package dev.airlock.messages;

/**
 * What somebody is written.
 *
 * @param id the same for each attempt, so that a mailbox knows it again
 * @param to one address
 * @param subject one line
 * @param text plain
 */
record Letter(String id, String to, String subject, String text) {}
