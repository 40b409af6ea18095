package dev.airlock.worker;

import dev.airlock.store.Environment;
import dev.airlock.store.InvalidConfigurationException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker process. Configured by its environment; ends on SIGTERM, or with its standard input.
 */
public final class WorkerMain {

  private static final Logger log = LoggerFactory.getLogger(WorkerMain.class);

  private WorkerMain() {}

  /** Runs a worker until it is told to end. */
  public static void main(String[] arguments) throws InterruptedException {
    System.setOut(MaskedStream.over(System.out));
    System.setErr(MaskedStream.over(System.err));
    WorkerConfig config;
    try {
      config = WorkerConfig.from(new Environment(System.getenv()));
    } catch (InvalidConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    SpokenOutput.lead();
    WorkerProcess process = WorkerProcess.start(config);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "end"));
    System.out.println("READY worker");
    new CountDownLatch(1).await();
  }

  private static void end(WorkerProcess process) {
    try {
      process.close();
    } catch (IOException | RuntimeException e) {
      log.warn("The worker did not end in order.", e);
    }
  }
}
