package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.local.PostgresServer;
import dev.airlock.local.TemporaryFolder;
import dev.airlock.store.Account;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Migrate;
import dev.airlock.store.MigrateConfig;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.store.StoreConfig;
import dev.airlock.web.http.BodyPatience;
import dev.airlock.web.session.AccessConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A web process within this JVM, over a real PostgreSQL. Nothing answers where Temporal should be:
 * tests play the workflows' part through the store.
 */
final class WebFixture implements AutoCloseable {
  /** Tests ask as fast as they can. */
  private static final int FAST = 50_000;

  /** Signs what is sent to the webhook {@code new-prices} of the pipeline {@code hooked}. */
  static final String HOOK_KEY = "the key of the new prices";

  /** Signs links in mails and seals what a browser keeps, in every web process of the tests. */
  static final String LINK_KEY = "the key that all webs share";

  private static final AtomicInteger COUNTER = new AtomicInteger();

  final Store store;
  final ArtifactStore artifacts;
  final Scene scene;
  final WebServer server;
  final Path home;

  private @Nullable PostgresServer own;

  private WebFixture(StoreConfig database, int port, boolean inMemory) {
    this(database, port, inMemory, AccessConfig.standard().withRequestsPerSecond(FAST));
  }

  private WebFixture(StoreConfig database, int port, boolean inMemory, AccessConfig access) {
    this(database, port, inMemory, access, BodyPatience.standard());
  }

  private WebFixture(
      StoreConfig database,
      int port,
      boolean inMemory,
      AccessConfig access,
      BodyPatience patience) {
    this(folder(), database, port, inMemory, access, patience, InstantSource.system());
  }

  private WebFixture(
      Path home,
      StoreConfig database,
      int port,
      boolean inMemory,
      AccessConfig access,
      BodyPatience patience,
      InstantSource signInClock) {
    this.home = home;
    artifacts = ArtifactStore.open(Shared.ARTIFACTS.toUri());
    store = Store.open(database, "airlock-web-test");
    scene = new Scene(store, artifacts);
    server = new WebServer(config(home, database, port, inMemory, access), patience, signInClock);
    server.start();
    await("the web is ready", () -> client("").get("/v2/health/ready").status() == 200);
  }

  static WebFixture start() {
    return new WebFixture(Shared.DATABASE, 0, false);
  }

  static WebFixture start(int port, boolean inMemory) {
    return new WebFixture(Shared.DATABASE, port, inMemory);
  }

  /** Over a server of the test's own, such as one that it kills; it ends with this one. */
  static WebFixture over(PostgresServer postgres) {
    return new WebFixture(Shared.migrated(postgres), 0, false).owning(postgres);
  }

  /** The same, where Temporal forgets what it knows when it ends. */
  static WebFixture forgetful(PostgresServer postgres) {
    return new WebFixture(Shared.migrated(postgres), 0, true).owning(postgres);
  }

  /** The same, where {@link CountedStatements} notes what requests ask the database. */
  static WebFixture counted(PostgresServer postgres) {
    StoreConfig database = Shared.migrated(postgres);
    return new WebFixture(
            new StoreConfig(
                CountedStatements.url(database.url()), database.user(), database.password()),
            0,
            false)
        .owning(postgres);
  }

  /** The same with its own rules of who is let in. */
  static WebFixture over(PostgresServer postgres, int port, AccessConfig access) {
    return new WebFixture(Shared.migrated(postgres), port, false, access).owning(postgres);
  }

  /** With its own rules of who is let in. */
  static WebFixture with(int port, AccessConfig access) {
    return new WebFixture(Shared.DATABASE, port, false, access);
  }

  /** In the home of one that has ended. */
  static WebFixture in(Path home) {
    return new WebFixture(
        home,
        Shared.DATABASE,
        0,
        false,
        AccessConfig.standard().withRequestsPerSecond(FAST),
        BodyPatience.standard(),
        InstantSource.system());
  }

  /** With its own rules of who is let in; who has to wait after wrong passwords goes by a clock. */
  static WebFixture with(AccessConfig access, InstantSource signInClock) {
    return new WebFixture(
        folder(), Shared.DATABASE, 0, false, access, BodyPatience.standard(), signInClock);
  }

  /** With its own patience for bodies that arrive slowly. */
  static WebFixture with(AccessConfig access, BodyPatience patience) {
    return new WebFixture(Shared.DATABASE, 0, false, access, patience);
  }

  static WebConfig config(
      Path home, StoreConfig database, int port, boolean inMemory, AccessConfig access) {
    return new WebConfig(
        home,
        database,
        Shared.ARTIFACTS.toUri(),
        "127.0.0.1:1",
        "default",
        inMemory,
        "127.0.0.1",
        port,
        false,
        false,
        Map.of("AIRLOCK_HOOKS_HOOKED__NEW_PRICES", HOOK_KEY),
        Optional.of(LINK_KEY),
        access);
  }

  static Path folder() {
    return TemporaryFolder.make("airlock-web");
  }

  /** A model under a name of its own, whose first version is live. */
  String live(String word) {
    String name = freshName(word);
    scene.publish(name);
    scene.playToLive(scene.request(name));
    return name;
  }

  /** A name that no other test uses. */
  static String freshName(String word) {
    return word + "-" + COUNTER.incrementAndGet();
  }

  /** A caller with the person's token; nobody where the name is empty. */
  Http client(String person) {
    return Http.bearer("http://127.0.0.1:" + server.port(), person);
  }

  /** A caller with this very token. */
  Http token(String token) {
    return Http.bearerOf("http://127.0.0.1:" + server.port(), token);
  }

  /** A browser without a session. */
  Http browser() {
    return Http.browser("http://127.0.0.1:" + server.port());
  }

  /** The browser of a person who has signed in. */
  Http signedIn(String person) {
    Http browser = browser();
    Http.Answer answer = browser.signIn(person, "password of " + person);
    assertEquals(303, answer.status(), answer.body());
    return browser;
  }

  /** Changes the shared database as nothing but its owner may, such as to let time pass in it. */
  static void asOwner(String sql) {
    PostgresServer postgres = PostgresServer.shared();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url() + "?currentSchema=airlock",
                PostgresServer.OWNER,
                postgres.ownerPassword());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static void await(String what, BooleanSupplier isSo) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Waited 20 s in vain until " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  private WebFixture owning(PostgresServer postgres) {
    own = postgres;
    return this;
  }

  @Override
  public void close() {
    server.close();
    store.close();
    if (own != null) {
      own.close();
    }
  }

  /** Migrated once for all tests of this JVM. */
  private static final class Shared {
    static final StoreConfig DATABASE = migrated(PostgresServer.shared());
    static final Path ARTIFACTS = folder();

    static StoreConfig migrated(PostgresServer postgres) {
      Migrate.migrate(
          new MigrateConfig(
              postgres.url(),
              PostgresServer.OWNER,
              postgres.ownerPassword(),
              postgres.applicationPassword(),
              List.of(
                  account("viewer", Role.VIEWER),
                  account("engineer", Role.ENGINEER),
                  account("approver", Role.APPROVER),
                  account("bob", Role.APPROVER),
                  account("admin", Role.ADMIN)),
              new TreeMap<>(Map.of("ml-leads", List.of("approver", "admin")))));
      return new StoreConfig(
          postgres.url(), PostgresServer.APPLICATION, postgres.applicationPassword());
    }

    private static Account account(String name, Role role) {
      return new Account(name, role, "password of " + name, "token of " + name);
    }
  }
}
