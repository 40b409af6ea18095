package dev.airlock.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Sends bytes as they are, also those that no client of HTTP would send, and reads the answer. */
final class RawHttp {
  private static final int PATIENCE_MILLIS = 15_000;

  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /**
   * What came back.
   *
   * @param head the status line and the headers, as they came
   */
  record Answer(int status, String head, String body) {

    String header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .findFirst()
          .orElse("");
    }

    String mediaType() {
      return header("Content-Type").replaceFirst(";.*", "").strip();
    }
  }

  /** The answer; none where the server hung up without one. */
  Optional<Answer> send(byte[] request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // Whoever refuses a long body early need not read it; the answer may be there all the same.
      }
      return parse(readAll(socket));
    }
  }

  private static byte[] readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[16_384];
    try {
      for (int read = socket.getInputStream().read(part);
          read >= 0;
          read = socket.getInputStream().read(part)) {
        all.write(part, 0, read);
      }
    } catch (java.net.SocketException e) {
      // Reset after the answer, since the rest of the request was never read.
    }
    return all.toByteArray();
  }

  private static Optional<Answer> parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return Optional.empty();
    }
    String head = text.substring(0, end);
    int status = Integer.parseInt(head.split(" ", 3)[1].strip());
    if (status == 100) {
      return parse(text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1));
    }
    Answer answer = new Answer(status, head, text.substring(end + 4));
    String body =
        answer.header("Transfer-Encoding").equalsIgnoreCase("chunked")
            ? joined(answer.body())
            : answer.body();
    return Optional.of(
        new Answer(
            status,
            head,
            new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
  }

  private static String joined(String chunks) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (at < chunks.length()) {
      int line = chunks.indexOf("\r\n", at);
      int size = line < 0 ? 0 : Integer.parseInt(chunks.substring(at, line).strip(), 16);
      if (size == 0) {
        break;
      }
      body.append(chunks, line + 2, Math.min(chunks.length(), line + 2 + size));
      at = line + 4 + size;
    }
    return body.toString();
  }
}
