package dev.airlock.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** {@code airlock serve} beside a running system: a gateway alone, with a journal of its own. */
final class SecondGateway implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(1);

  private final Process command;
  private final URI url;

  private SecondGateway(Process command, URI url) {
    this.command = command;
    this.url = url;
  }

  static SecondGateway beside(RunningSystem system) {
    int port = RunningSystem.freePort();
    Path home = system.home().resolveSibling(system.home().getFileName() + "-gateway");
    Path output = home.resolve("serve.out");
    Map<String, String> environment = new TreeMap<>(system.environment());
    environment.put("AIRLOCK_HTTP_PORT", Integer.toString(port));
    SecondGateway gateway =
        new SecondGateway(
            new Commands(home).launch(output, environment, "serve"),
            URI.create("http://127.0.0.1:" + port));
    gateway.awaitReady(output);
    return gateway;
  }

  URI url() {
    return url;
  }

  private void awaitReady(Path output) {
    Client client = new Client(url, null);
    Await.holds(
        START,
        "the second gateway to be ready",
        () -> {
          if (!command.isAlive()) {
            throw new AssertionError("airlock serve ended:\n" + text(output));
          }
          return client.get("/v2/health/ready").status() == 200;
        });
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, and proves that nothing of it is left. */
  @Override
  public void close() {
    Processes.end(command);
  }
}
