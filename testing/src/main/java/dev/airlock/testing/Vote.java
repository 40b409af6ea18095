package dev.airlock.testing;

/** What somebody will say when asked. */
record Vote(String person, boolean approve, String reason) {}
