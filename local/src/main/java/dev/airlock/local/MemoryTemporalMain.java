package dev.airlock.local;

import io.temporal.testserver.TestServer;

/** Temporal's in-memory server on a port, in a process of its own. */
public final class MemoryTemporalMain {

  private MemoryTemporalMain() {}

  /** Serves until the process is ended. One argument: the port. */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 1) {
      System.err.println("Expected one argument, the port, but got " + arguments.length);
      System.exit(2);
    }
    int port = Integer.parseInt(arguments[0]);
    TestServer.PortBoundTestServer server = TestServer.createPortBoundServer(port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("READY temporal port=" + port);
    Thread.currentThread().join();
  }
}
