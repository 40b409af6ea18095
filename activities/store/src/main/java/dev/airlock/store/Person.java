package dev.airlock.store;

/** Somebody who signs in. */
public record Person(String name, Role role) {}
