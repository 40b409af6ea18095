package dev.airlock.store;

/**
 * Raises reminders and escalations of open approvals as they fall due. Runs in web and worker
 * alike, so that a gate whose worker is gone calls for people all the same; they may look at the
 * same time. Outlives outages of PostgreSQL.
 */
public final class GateWatch implements AutoCloseable {

  private final RegularLook look;

  private GateWatch(RegularLook look) {
    this.look = look;
  }

  /** Looks until closed. It leaves the store open. */
  public static GateWatch start(Store store) {
    return new GateWatch(RegularLook.start("airlock-gate", store.approvals()::raiseCalls));
  }

  @Override
  public void close() {
    look.close();
  }
}
