package dev.airlock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** TCP ports of the loopback address. */
public final class FreePorts {

  private static final int CONNECT_MILLIS = 1_000;

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int COUNT = HIGHEST - LOWEST + 1;
  private static final int TRIES = 100;

  /** How far two processes begin from each other whose ids follow each other. */
  private static final int APART = 16;

  private static final AtomicLong NEXT = new AtomicLong(ProcessHandle.current().pid() * APART);

  private FreePorts() {}

  /**
   * A port that nobody listened on a moment ago. It lies below those that systems hand out by
   * themselves, so that no connection and no server without a port of its own takes it before it is
   * used. Each process looks from a place of its own, and nowhere twice: two that look at the same
   * time do not find the same.
   */
  public static int next() {
    for (int i = 0; i < TRIES; i++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on 127.0.0.1", e);
    }
  }

  /** Whether a server could listen on this port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether somebody accepts connections on this port now. */
  public static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(loopback(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The port itself, a free one for 0; refuses one that is taken. */
  static int orFree(int port, String wantedBy) {
    if (port == 0) {
      return next();
    }
    if (!isFree(port)) {
      throw new LocalServerException(
          wantedBy
              + " cannot listen on 127.0.0.1:"
              + port
              + ": another process does. Stop that one, or choose another port.");
    }
    return port;
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }
}
