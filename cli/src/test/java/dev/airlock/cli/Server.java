package dev.airlock.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.airlock.local.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real HTTP server that answers what a test has laid down, and remembers what it was asked. */
final class Server implements AutoCloseable {

  private record Answer(int status, String body) {}

  private final HttpServer http;
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  Server() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/api/v1", this::answer);
    http.start();
  }

  /** The next answer to such a request; the last one laid down is given from then on. */
  Server answers(String request, int status, String body) {
    answers.computeIfAbsent(request, key -> new ArrayDeque<>()).add(new Answer(status, body));
    return this;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString().substring("/api/v1".length());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        "%s %s %s %s"
            .formatted(
                exchange.getRequestMethod(),
                path,
                exchange.getRequestHeaders().getFirst("Authorization"),
                body));
    Answer answer = next(exchange.getRequestMethod() + " " + path);
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized Answer next(String request) {
    Deque<Answer> laidDown = answers.getOrDefault(request, new ArrayDeque<>());
    Answer first = laidDown.peek();
    if (first == null) {
      return new Answer(404, "{\"detail\":\"No answer to " + request + "\"}");
    }
    return laidDown.size() > 1 ? laidDown.remove() : first;
  }

  /** Method, path, authorization and body of each request, in order. */
  List<String> requests() {
    return requests;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** A home whose users reach this server. */
  Home home(Path folder) {
    Home home = new Home(folder);
    Users.ensure(home, url());
    return home;
  }

  /** Runs a command against this server, as the users of a home. */
  Called airlock(Home home, String... arguments) {
    String[] whole = Arrays.copyOf(arguments, arguments.length + 2);
    whole[arguments.length] = "--home";
    whole[arguments.length + 1] = home.root().toString();
    return Called.airlock(whole);
  }

  @Override
  public void close() {
    http.stop(0);
  }

  static String token(Home home, String user) {
    try {
      return Api.JSON
          .readTree(home.users().resolve(user + ".json").toFile())
          .path("token")
          .asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
