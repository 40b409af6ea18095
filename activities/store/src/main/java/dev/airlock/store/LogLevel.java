package dev.airlock.store;

/** How much a line of a log matters. What a program prints is INFO, on its error stream WARN. */
public enum LogLevel {
  DEBUG,
  INFO,
  WARN,
  ERROR
}
