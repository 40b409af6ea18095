package dev.airlock.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.airlock.store.Alert;
import dev.airlock.store.Alerts;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends to a real HTTP server. */
class AlertSenderTest {
  private static final String KEY = "a key of the shop";
  private static final Instant NOW = Instant.parse("1998-07-01T03:00:00Z");

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Rows rows = new Rows();
  private HttpServer server = listen();
  private volatile int status = 204;

  /** Bytes of the answer that are announced and never come. */
  private volatile int missing;

  private record Received(Map<String, List<String>> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, List.of("missing")).get(0);
    }
  }

  @BeforeEach
  void open() {
    rows.due.add(new Alerts.Notification(42, 5, "opened", 1, NOW.minusSeconds(1)));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldSayWhatHasHappened() throws InterruptedException {
    sender().sendDue();
    Received message = received.get(0);
    assertEquals("opened", message.header("X-airlock-event"));
    assertEquals("42", message.header("X-airlock-delivery"));
    assertEquals(Long.toString(NOW.getEpochSecond()), message.header("X-airlock-timestamp"));
    assertEquals("application/json", message.header("Content-type"));
    assertTrue(
        message.body().startsWith("{\"event\":\"opened\",\"alert\":{\"id\":5,"), message::body);
    assertTrue(message.body().contains("\"title\":\"PSI of recency 0.400"), message::body);
    assertTrue(message.body().contains("\"openedAsOf\":\"1998-02-01T00:00:00Z\""), message::body);
    assertTrue(
        message.body().endsWith("\"url\":\"https://airlock.example.org/alerts/5\"}"),
        message::body);
    assertEquals(List.of(42L), rows.delivered);
  }

  @Test
  void shouldSignTheVeryBytesThatItSends() throws InterruptedException {
    sender().sendDue();
    Received message = received.get(0);
    String signed = message.header("X-airlock-timestamp") + "." + message.body();
    assertEquals("v1=" + Hmac.sha256(KEY, signed), message.header("X-airlock-signature"));
  }

  @Test
  void shouldTryAgainUnderTheSameIdUntilItIsTaken() throws InterruptedException {
    status = 503;
    AlertSender sender = sender();
    sender.sendDue();
    assertEquals(List.of(), rows.delivered);
    assertEquals(List.of("42 PT2S The webhook answered 503"), rows.retries);
    status = 200;
    rows.due.add(new Alerts.Notification(42, 5, "opened", 2, NOW.minusSeconds(3)));
    sender.sendDue();
    assertEquals(List.of(42L), rows.delivered);
    assertEquals(
        List.of("42", "42"), received.stream().map(r -> r.header("X-airlock-delivery")).toList());
  }

  @Test
  void shouldTryAgainWhereNobodyAnswers() throws InterruptedException {
    server.stop(0);
    sender().sendDue();
    assertEquals(List.of(), rows.delivered);
    assertTrue(rows.retries.get(0).startsWith("42 PT2S The webhook can't be reached"));
  }

  @Test
  void shouldNotWaitForEverForTheRestOfAnAnswer() throws InterruptedException {
    missing = 10;
    long begun = System.nanoTime();
    sender().sendDue();
    assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 20);
    assertEquals(List.of(), rows.delivered);
    assertEquals(List.of("42 PT2S The webhook did not answer in full within 1 s"), rows.retries);
  }

  @Test
  void shouldTakeNoRedirectForAnAnswer() throws InterruptedException {
    status = 302;
    sender().sendDue();
    assertEquals(List.of(), rows.delivered);
    assertEquals(1, received.size());
  }

  @Test
  void shouldGiveUpAfterADay() throws InterruptedException {
    rows.due.clear();
    rows.due.add(new Alerts.Notification(42, 5, "opened", 30, NOW.minus(Duration.ofHours(25))));
    sender().sendDue();
    assertTrue(received.isEmpty());
    assertEquals(List.of(), rows.delivered);
    assertTrue(rows.retries.get(0).endsWith("Given up after 24 hours"));
  }

  @Test
  void shouldPauseLongerEachTimeButNeverOverAnHour() {
    Duration before = Duration.ZERO;
    Duration sum = Duration.ZERO;
    for (int attempt = 1; attempt <= 40; attempt++) {
      Duration pause = Retries.pause(attempt);
      assertFalse(pause.compareTo(before) < 0);
      assertTrue(pause.compareTo(Duration.ofHours(1)) <= 0);
      sum = sum.plus(pause);
      before = pause;
    }
    assertTrue(sum.compareTo(Duration.ofHours(24)) > 0);
  }

  private AlertSender sender() {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    SignedPost post =
        new SignedPost(new Webhook(address, KEY), clock, Duration.ofSeconds(missing == 0 ? 10 : 1));
    return new AlertSender(rows, post, URI.create("https://airlock.example.org"), clock);
  }

  private HttpServer listen() {
    try {
      HttpServer listening =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      listening.createContext("/hook", this::take);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    received.add(new Received(Map.copyOf(exchange.getRequestHeaders()), body));
    exchange.getResponseHeaders().add("Location", "/hook");
    exchange.sendResponseHeaders(missing == 0 ? status : 200, missing == 0 ? -1 : missing);
    if (missing == 0) {
      exchange.close();
    }
  }

  /** RFC 2104, written down once more. */
  private static final class Hmac {
    private static final int BLOCK = 64;

    static String sha256(String key, String message) {
      byte[] block = Arrays.copyOf(key.getBytes(UTF_8), BLOCK);
      byte[] inner = hash(padded(block, 0x36), message.getBytes(UTF_8));
      byte[] outer = hash(padded(block, 0x5c), inner);
      return String.format("%064x", new BigInteger(1, outer));
    }

    private static byte[] padded(byte[] block, int pad) {
      byte[] padded = block.clone();
      for (int i = 0; i < padded.length; i++) {
        padded[i] ^= (byte) pad;
      }
      return padded;
    }

    private static byte[] hash(byte[] first, byte[] second) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(first);
        return digest.digest(second);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** One alert, and what was noted of its notifications. */
  private static final class Rows implements Alerts {
    final List<Notification> due = new ArrayList<>();
    final List<Long> delivered = new ArrayList<>();
    final List<String> retries = new ArrayList<>();

    @Override
    public Optional<Alert> find(long id) {
      return Optional.of(
          new Alert(
              id,
              "repeat-purchase",
              1L,
              null,
              "monitor/1/rule/0",
              "open-ticket",
              "PSI of recency 0.400 in January 1998, below 0.2 expected.",
              Map.of("psi", 0.4),
              "open",
              Instant.parse("1998-02-01T00:00:00Z"),
              NOW,
              null,
              null,
              null,
              null,
              "",
              null,
              null,
              null));
    }

    @Override
    public List<Notification> claim(int limit, Duration lease) {
      List<Notification> claimed = List.copyOf(due);
      due.clear();
      return claimed;
    }

    @Override
    public void delivered(long notificationId) {
      delivered.add(notificationId);
    }

    @Override
    public void retryAfter(long notificationId, Duration pause, String error) {
      retries.add(notificationId + " " + pause + " " + error);
    }

    @Override
    public List<Alert> list(
        @Nullable String model, @Nullable String state, @Nullable Long before, int limit) {
      return List.of();
    }

    @Override
    public int countOpen(int most) {
      return 0;
    }

    @Override
    public List<Alert> untaken(int limit) {
      return List.of();
    }

    @Override
    public Optional<Alert> ofCause(String cause) {
      return Optional.empty();
    }

    @Override
    public boolean isRetraining(String model) {
      return false;
    }

    @Override
    public void led(long alertId, @Nullable Long runId, @Nullable Long commandId) {}

    @Override
    public Handle getHandle() {
      throw new UnsupportedOperationException("There is no database here");
    }

    @Override
    public <R, X extends Exception> R withHandle(HandleCallback<R, X> callback) {
      throw new UnsupportedOperationException("There is no database here");
    }
  }
}
