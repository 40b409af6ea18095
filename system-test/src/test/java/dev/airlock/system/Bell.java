package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Receives what a system posts about its alerts, and takes what is signed with the key alone. */
final class Bell implements AutoCloseable {

  private static final String KEY = "a key of the tests";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpServer server;
  private final List<JsonNode> rung = new CopyOnWriteArrayList<>();

  private Bell(HttpServer server) {
    this.server = server;
  }

  static Bell listen() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      Bell bell = new Bell(server);
      server.createContext("/alerts", bell::take);
      server.start();
      return bell;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What makes a system ring it. */
  Map<String, String> environment() {
    return Map.of(
        "AIRLOCK_ALERT_WEBHOOK",
        "http://127.0.0.1:%d/alerts".formatted(server.getAddress().getPort()),
        "AIRLOCK_SECRETS_ALERT_WEBHOOK",
        KEY);
  }

  /** The message of this event, as soon as it has come. */
  JsonNode awaitRung(String event, long alert) {
    return Await.found(
        PATIENCE,
        "the bell to ring: alert %d %s".formatted(alert, event),
        () -> {
          List<JsonNode> found =
              rung.stream()
                  .filter(message -> message.path("event").asText().equals(event))
                  .filter(message -> message.at("/alert/id").asLong() == alert)
                  .toList();
          return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
        });
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String timestamp = exchange.getRequestHeaders().getFirst("X-Airlock-Timestamp");
    String signature = exchange.getRequestHeaders().getFirst("X-Airlock-Signature");
    boolean isGenuine = signature != null && signature.equals(signature(timestamp, body));
    if (isGenuine) {
      rung.add(new ObjectMapper().readTree(body));
    }
    exchange.sendResponseHeaders(isGenuine ? 204 : 403, -1);
    exchange.close();
  }

  private static String signature(String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
