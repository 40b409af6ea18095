package dev.airlock.store;

/** Carries one fact to where it takes effect. Carrying it again does no harm. */
interface Carrier {

  /** Returns once the fact has arrived; throws where it must be tried again. */
  void carry(OutboxRow row);
}
