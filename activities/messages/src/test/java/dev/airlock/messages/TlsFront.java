package dev.airlock.messages;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.airlock.messages.MailServer.Security;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Stands before an SMTP server that speaks no TLS, as stunnel does, and does it for that server. It
 * notes what it is told in the open.
 */
final class TlsFront implements AutoCloseable {
  private final ServerSocket socket;
  private final SSLContext tls;
  private final Security security;
  private final int behind;
  private final List<String> toldInTheOpen = new CopyOnWriteArrayList<>();

  /**
   * Takes connections at once.
   *
   * @param security TLS at once, TLS when asked for, or none that it would offer
   * @param behind the port of the server itself
   */
  TlsFront(SSLContext tls, Security security, int behind) throws IOException {
    this.tls = tls;
    this.security = security;
    this.behind = behind;
    this.socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    begin(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  List<String> toldInTheOpen() {
    return List.copyOf(toldInTheOpen);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void begin(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // A side has hung up: what the test looks at is what has come till then.
              }
            },
            "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() throws IOException {
    while (true) {
      Socket client = socket.accept();
      begin(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      switch (security) {
        case TLS -> join(secret(client), false);
        case STARTTLS -> {
          greet(client);
          join(secret(client), true);
        }
        case NONE -> join(client, false);
      }
    }
  }

  private void greet(Socket client) throws IOException {
    say(client, "220 front ESMTP");
    while (true) {
      String line = line(client.getInputStream());
      toldInTheOpen.add(line);
      if (line.equals("STARTTLS")) {
        say(client, "220 go ahead");
        return;
      }
      say(client, line.startsWith("EHLO") ? "250-front\r\n250 STARTTLS" : "530 STARTTLS first");
    }
  }

  private Socket secret(Socket client) throws IOException {
    SSLSocket secret =
        (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
    secret.setUseClientMode(false);
    secret.startHandshake();
    return secret;
  }

  /** The server's own greeting is left out where the client has had one. */
  private void join(Socket client, boolean isGreeted) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
      if (isGreeted) {
        line(server.getInputStream());
      }
      begin(() -> server.getInputStream().transferTo(client.getOutputStream()));
      InputStream said = client.getInputStream();
      OutputStream on = server.getOutputStream();
      while (true) {
        String line = line(said);
        if (!(client instanceof SSLSocket)) {
          toldInTheOpen.add(line);
        }
        on.write((line + "\r\n").getBytes(US_ASCII));
      }
    }
  }

  private static void say(Socket client, String text) throws IOException {
    client.getOutputStream().write((text + "\r\n").getBytes(US_ASCII));
  }

  private static String line(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new IOException("It has hung up.");
      }
      line.write(next);
    }
    return line.toString(US_ASCII).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
