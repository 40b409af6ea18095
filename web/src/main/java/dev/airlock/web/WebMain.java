package dev.airlock.web;

import dev.airlock.store.ArtifactException;
import dev.airlock.store.InvalidConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web process. Configured by the environment, see {@code WebConfig}; with
 * AIRLOCK_WEB_MODE=gateway it serves the data plane alone. Prints {@code READY web port=…} when it
 * serves, and ends in order on SIGTERM, or when its standard input closes where AIRLOCK_WATCH_STDIN
 * is true.
 */
public final class WebMain {
  private static final Logger LOG = LoggerFactory.getLogger(WebMain.class);
  private static final int WRONG_USE = 2;

  private WebMain() {}

  public static void main(String[] arguments) {
    try {
      serve(WebConfig.from(System.getenv()));
    } catch (InvalidConfigurationException | ArtifactException e) {
      System.err.println(e.getMessage());
      System.exit(WRONG_USE);
    } catch (RuntimeException e) {
      LOG.error("The web process can't start", e);
      System.err.println("The web process can't start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void serve(WebConfig config) {
    WebServer server = new WebServer(config);
    AtomicBoolean isClosed = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (isClosed.compareAndSet(false, true)) {
                    server.close();
                  }
                },
                "web-stop"));
    server.start();
    System.out.println("READY web port=" + server.port());
    if (config.watchesStdin()) {
      awaitEndOfInput();
      LOG.info("Standard input has closed: this process ends");
      System.exit(0);
    }
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Whatever comes means nothing; only the end does.
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Standard input can't be read", e);
    }
  }
}
