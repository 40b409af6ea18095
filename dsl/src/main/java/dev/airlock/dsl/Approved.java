package dev.airlock.dsl;

/**
 * What people have let through.
 *
 * @param <T> what it was
 */
public interface Approved<T> {

  T value();

  /** The approval's number. */
  long approvalId();
}
