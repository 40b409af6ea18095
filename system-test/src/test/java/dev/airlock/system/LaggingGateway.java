package dev.airlock.system;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A gateway that holds a lease and is slow to acknowledge, so that a deployment stays under way for
 * as long as a test needs.
 */
final class LaggingGateway implements AutoCloseable {

  private static final String NAME = "lagging";

  private final RunningSystem system;

  private LaggingGateway(RunningSystem system) {
    this.system = system;
  }

  static LaggingGateway of(RunningSystem system) {
    LaggingGateway gateway = new LaggingGateway(system);
    gateway.execute(
        """
        insert into gateway_lease (gateway, expires_at) values ('%s', now() + interval '10 minutes')
        on conflict (gateway) do update set expires_at = excluded.expires_at
        """
            .formatted(NAME));
    return gateway;
  }

  /** Waits until traffic has moved for the run, so that only acknowledgements are missing. */
  void awaitAsked(long run) {
    Await.holds(
        Duration.ofSeconds(30),
        "traffic to be moved for run " + run,
        () ->
            system.count(
                    """
                    select count(*) from alias_history
                    join model_command on model_command.id = command_id
                    where run_id = ?
                    """,
                    run)
                == 1);
  }

  /** Says that it sends all traffic where it should go. */
  void acknowledge() {
    execute(
        """
        insert into gateway_ack (gateway, model, epoch)
        select '%s', model, epoch from routing
        on conflict (gateway, model) do update set epoch = excluded.epoch
        """
            .formatted(NAME));
  }

  /** Gives its lease back. */
  @Override
  public void close() {
    execute("delete from gateway_lease where gateway = '%s'".formatted(NAME));
  }

  private void execute(String sql) {
    try (Connection connection = system.asApplication();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }
}
