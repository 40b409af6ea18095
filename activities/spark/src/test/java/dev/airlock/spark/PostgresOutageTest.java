package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresOutageTest {

  @TempDir private Path folder;

  @Test
  void shouldGoOnWithTheSameSessionWhenPostgresIsBack() {
    World world = new World("outage");
    Path file = World.file(folder, "orders.csv", Orders.THREE);
    long run = World.newRun();
    DatasetVersion orders = world.datasets.ingest(world.task(run, Orders.ingest(file), Map.of()));
    var validate = world.task(run, Orders.validate(), Map.of("orders", orders));

    PostgresServer server = World.postgres();
    server.kill();
    RuntimeException outage =
        assertThrows(RuntimeException.class, () -> world.datasets.validate(validate));
    World.restartPostgres();

    assertTrue(isSql(outage), "the failure does not say that it is of the database: " + outage);
    assertEquals(3, world.datasets.validate(validate).rows());
    assertEquals(3, world.table("orders").main().count());
  }

  private static boolean isSql(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        return true;
      }
    }
    return false;
  }
}
