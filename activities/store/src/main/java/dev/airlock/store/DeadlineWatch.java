package dev.airlock.store;

/**
 * Raises alerts for whatever is late. Runs in web and worker alike, so that a run whose worker is
 * gone is late all the same; they may look at the same time. Outlives outages of PostgreSQL.
 */
public final class DeadlineWatch implements AutoCloseable {

  private final RegularLook look;

  private DeadlineWatch(RegularLook look) {
    this.look = look;
  }

  /** Looks until closed. It leaves the store open. */
  public static DeadlineWatch start(Store store) {
    return new DeadlineWatch(RegularLook.start("airlock-deadlines", store.deadlines()::look));
  }

  @Override
  public void close() {
    look.close();
  }
}
