package dev.airlock.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresServerTest {

  private final Path folder;

  PostgresServerTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldKeepAcknowledgedRowsWhenKilledAndStartedAgain() throws SQLException {
    Home home = new Home(folder);
    PostgresServer first = PostgresServer.start(home, 0);
    execute(first, "create table kept (n int)");
    execute(first, "insert into kept select generate_series(1, 1000)");

    first.kill();
    assertFalse(first.isAlive());

    try (PostgresServer second = PostgresServer.start(home, first.port())) {
      assertEquals("1000", ask(second, "select count(*) from kept"));
      assertEquals(first.port(), second.port());
      assertNotEquals(first.pid(), second.pid());
    }
  }

  @Test
  void shouldStartAgainWhenOnlyThePostmasterWasKilledAMomentAgo() throws SQLException {
    Home home = new Home(folder);
    PostgresServer first = PostgresServer.start(home, 0);
    ProcessHandle postmaster = ProcessHandle.of(first.pid()).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().join();

    try (PostgresServer second = PostgresServer.start(home, 0)) {
      assertEquals("1", ask(second, "select 1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes"})
  void shouldBeDurable(String setting) throws SQLException {
    assertEquals("on", ask(PostgresServer.shared(), "show " + setting));
  }

  @Test
  void shouldHaveItsOwnerAndUtf8() throws SQLException {
    PostgresServer server = PostgresServer.shared();
    assertEquals("UTF8", ask(server, "show server_encoding"));
    assertEquals("airlock_owner", ask(server, "select current_user"));
    assertEquals("Ä", ask(server, "select upper('ä')"));
  }

  @Test
  void shouldRefuseTheWrongPassword() {
    PostgresServer server = PostgresServer.shared();
    assertThrows(
        SQLException.class,
        () -> DriverManager.getConnection(server.url(), PostgresServer.OWNER, "wrong"));
  }

  @Test
  void shouldKeepPasswordsForTheOwnerAlone() throws IOException {
    Home home = PostgresServer.shared().home();
    for (Path file : List.of(home.ownerPasswordFile(), home.applicationPasswordFile())) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals(32, Home.read(file).length());
    }
  }

  @Test
  void shouldNameThePortWhenItIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      LocalServerException refusal =
          assertThrows(
              LocalServerException.class,
              () -> PostgresServer.start(new Home(folder), taken.getLocalPort()));
      assertTrue(
          refusal.getMessage().contains("127.0.0.1:" + taken.getLocalPort()), refusal.getMessage());
    }
  }

  @Test
  void shouldRefuseASecondServerOnTheSameHome() {
    Home home = PostgresServer.shared().home();
    LocalServerException refusal =
        assertThrows(LocalServerException.class, () -> PostgresServer.start(home, 0));
    assertTrue(
        refusal.getMessage().contains("process " + PostgresServer.shared().pid()),
        refusal.getMessage());
  }

  @Test
  void shouldStartWhenAStalePidFileNamesAnotherProgram() throws IOException, SQLException {
    Home home = new Home(folder);
    PostgresServer.start(home, 0).stop();
    // This JVM is alive, but is no server; a number given anew after a restart of the machine.
    Files.writeString(
        home.postgres().resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");

    try (PostgresServer server = PostgresServer.start(home, 0)) {
      assertEquals("1", ask(server, "select 1"));
    }
  }

  @Test
  void shouldSayWhenAnotherMajorVersionWroteTheFiles() throws IOException {
    Files.createDirectories(folder.resolve("postgres"));
    Files.writeString(folder.resolve("postgres/PG_VERSION"), "9\n");
    LocalServerException refusal =
        assertThrows(LocalServerException.class, () -> PostgresServer.start(new Home(folder), 0));
    assertTrue(refusal.getMessage().contains("PostgreSQL 9"), refusal.getMessage());
  }

  @Test
  void shouldQuoteTheLogWhenAFileIsBroken() throws IOException {
    Home home = new Home(folder);
    PostgresServer.start(home, 0).stop();
    Files.writeString(home.postgres().resolve("postgresql.conf"), "nonsense nonsense nonsense\n");
    LocalServerException failure =
        assertThrows(LocalServerException.class, () -> PostgresServer.start(home, 0));
    assertTrue(failure.getMessage().contains("syntax error"), failure.getMessage());
  }

  /** Containers forbid root its own namespaces, and leave it only the second way. */
  @Test
  void shouldServeAsNobodyWhenStartedByRoot() throws SQLException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root needs it");
    Home home = new Home(folder.resolve("closed"));
    PostgresCluster cluster =
        new PostgresCluster(
            PostgresBinaries.unpacked(Cache.ofUser()), Unprivileged.NOBODY, home.postgres());
    try (PostgresServer server = PostgresServer.start(home, cluster, 0)) {
      assertEquals("1", ask(server, "select 1"));
    }
    try (PostgresServer server = PostgresServer.start(home, 0)) {
      assertEquals("1", ask(server, "select 1"), "and again the usual way, on the same files");
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(server.url(), PostgresServer.OWNER, server.ownerPassword());
  }
}
