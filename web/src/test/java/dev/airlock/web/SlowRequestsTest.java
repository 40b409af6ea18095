package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.http.BodyPatience;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.session.AccessConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds who send a byte now and then keep nobody else from an answer. */
final class SlowRequestsTest {
  /** Within it a busy machine opens hundreds of connections and serves whoever comes then. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration UPLOAD_PATIENCE = Duration.ofMinutes(10);

  /** Nearly all that a large body says it has. */
  private static final byte[] MOST = new byte[4_000_000];

  private static WebFixture web;
  private static String model;

  @BeforeAll
  static void start() {
    web = WebFixture.with(behindAProxy(), new BodyPatience(PATIENCE, UPLOAD_PATIENCE));
    model = WebFixture.freshName("slow");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    awaitLive(web);
  }

  private static AccessConfig behindAProxy() {
    AccessConfig usual = AccessConfig.standard().withRequestsPerSecond(50_000);
    return new AccessConfig(
        null,
        Proxies.of("127.0.0.1"),
        usual.idle(),
        usual.longest(),
        usual.requestsPerSecond(),
        null);
  }

  private static void awaitLive(WebFixture of) {
    WebFixture.await(
        "the model is live", () -> of.client("").get("/v2/models/" + model).status() == 200);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldAnswerOthersAndEndWhoeverSendsTooSlowly() throws IOException {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      slow.add(Slow.post(web, "/sign-in", "", 1_000));
      slow.add(Slow.post(web, infer(), "", 100_000));
    }

    shouldServeOthers(web);

    assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    for (Slow one : slow) {
      assertLate(one.answer());
    }
  }

  @Test
  void shouldEndWhoeverSendsMegabytesTooSlowlyAndTellWhoeverFoundNoRoom() throws IOException {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      slow.add(Slow.post(web, "/sign-in", from(72), 4_100_000).send(MOST));
    }

    int withoutRoom = 0;
    for (Slow one : slow) {
      String answer = one.answer();
      if (answer.startsWith("HTTP/1.1 503 ")) {
        withoutRoom++;
        assertTrue(answer.contains("Retry-After: 5"), answer);
      } else {
        // Not the patience with uploads.
        assertLate(answer);
      }
    }
    assertTrue(withoutRoom >= 3, withoutRoom + " were refused");
    assertTrue(withoutRoom < 5, "all were refused");
  }

  private static void assertLate(String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
    assertTrue(answer.contains("its body was not here after 15 s"), answer);
    assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
  }

  @Test
  void shouldLeaveThreadsForOthersWhileOneAddressUploadsSlowly() throws IOException {
    String head = from(9) + "Authorization: Bearer token of engineer\r\n";
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      slow.add(Slow.post(web, "/api/v1/publications?file=mine.jar", head, 20_000_000));
    }

    shouldServeOthers(web);

    assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    // Any of them may have had the first turn.
    WebFixture.await("one is ended", () -> !slow.stream().allMatch(Slow::isUnanswered));
    String answer =
        slow.stream().filter(one -> !one.isUnanswered()).findFirst().orElseThrow().answer();
    assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
    assertTrue(answer.contains("application/problem+json"), answer);
    closeAll(slow);
  }

  @Test
  void shouldNotWaitForAStrangersUpload() throws IOException {
    String answer =
        Slow.post(web, "/api/v1/publications?file=mine.jar", from(8), 20_000_000).answer();
    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
  }

  @Test
  void shouldServeOthersWhenSlowBodiesTakeAllTheMemory() throws IOException {
    List<Slow> slow = new ArrayList<>();
    try (WebFixture full =
        WebFixture.with(
            behindAProxy(), new BodyPatience(Duration.ofSeconds(30), UPLOAD_PATIENCE))) {
      awaitLive(full);
      AtomicInteger place = new AtomicInteger(80);
      for (String path : List.of("/sign-in", infer())) {
        String refused = fill(full, path, () -> from(place.getAndIncrement()), slow);
        assertTrue(refused.contains("Retry-After: 5"), refused);
      }
      for (int i = 0; i < 240; i++) {
        slow.add(Slow.post(full, "/sign-in", from(40 + i % 4), 1_000));
        slow.add(Slow.post(full, infer(), from(40 + i % 4), 100_000));
      }

      shouldServeOthers(full);

      assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    } finally {
      closeAll(slow);
    }
  }

  @Test
  void shouldLeaveMemoryForOthersWhenOneAddressTakesItsShare() throws IOException {
    List<Slow> slow = new ArrayList<>();
    try {
      String refused = fill(web, infer(), () -> from(70), slow);
      assertTrue(refused.contains("Retry-After: 5"), refused);
      assertTrue(refused.contains("application/problem+json"), refused);
      String read = toldOfTwoMegabytes(web, infer(), from(71));
      assertTrue(read.startsWith("HTTP/1.1 400 "), read);
    } finally {
      closeAll(slow);
    }
  }

  /**
   * Sends bodies that stay unfinished until the next whole one finds no room; answers what that one
   * was told. Bytes that are sent may lie anywhere on their way: only such a refusal says that the
   * server holds them.
   */
  private static String fill(WebFixture at, String path, Supplier<String> from, List<Slow> slow) {
    List<String> told = new ArrayList<>();
    WebFixture.await(
        "there is no room for more",
        () -> {
          try {
            told.add(toldOfTwoMegabytes(at, path, from.get()));
            if (told.get(told.size() - 1).startsWith("HTTP/1.1 503 ")) {
              return true;
            }
            slow.add(Slow.post(at, path, from.get(), 4_100_000).send(MOST));
            return false;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return told.get(told.size() - 1);
  }

  /** The beginning of the answer to a body that is whole. */
  private static String toldOfTwoMegabytes(WebFixture at, String path, String from)
      throws IOException {
    try (Slow whole = Slow.post(at, path, from, 2_000_001).send(new byte[2_000_000])) {
      return whole.head();
    }
  }

  private static void closeAll(List<Slow> slow) throws IOException {
    for (Slow one : slow) {
      one.close();
    }
  }

  private static String infer() {
    return "/v2/models/" + model + "/infer";
  }

  /** Of the block for documentation; the one proxy that tells of it is trusted. */
  private static String from(int last) {
    return "X-Forwarded-For: 203.0.113." + last + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/publications?file=mine.jar", "/api/v1/feedback"})
  void shouldAnswerALongBodyOfUnknownLengthThatArrivesInPieces(String path)
      throws IOException, InterruptedException {
    byte[] piece = new byte[64_000];
    Iterable<byte[]> pieces =
        () ->
            IntStream.range(0, 100)
                .mapToObj(
                    i -> {
                      // So that the server has to wait for more of it, again and again.
                      LockSupport.parkNanos(2_000_000);
                      return piece;
                    })
                .iterator();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.server.port() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Bearer token of engineer")
            .header("Content-Type", "application/octet-stream")
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofByteArrays(pieces))
            .build();

    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(4, answer.statusCode() / 100, answer.body());
    shouldServeOthers(web);
  }

  private static void shouldServeOthers(WebFixture at) {
    Http other = at.client("viewer");
    assertEquals(200, other.get("/api/v1/health").status());
    assertEquals(200, other.get("/sign-in").status());
    assertEquals(200, other.get("/api/v1/models/" + model).status());
    Http.Answer scored = other.post(infer(), GatewayTest.request(new double[][] {{1, 2, 3}}, "]"));
    assertEquals(200, scored.status(), scored.body());
  }

  /** Says how much it will send, and sends one byte of it, and then what it is told to. */
  private record Slow(Socket socket) implements AutoCloseable {
    static Slow post(WebFixture at, String path, String more, int length) throws IOException {
      return open(
          at,
          "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n%sContent-Length: %d\r\n\r\nn"
              .formatted(path, more, length));
    }

    private static Slow open(WebFixture at, String beginning) throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.server.port());
      socket.setSoTimeout(60_000);
      return new Slow(socket).send(beginning.getBytes(StandardCharsets.US_ASCII));
    }

    Slow send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      return this;
    }

    boolean isUnanswered() {
      try {
        return socket.getInputStream().available() == 0;
      } catch (IOException e) {
        return false;
      }
    }

    String answer() throws IOException {
      try (socket;
          InputStream input = socket.getInputStream()) {
        return new String(input.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    /** What it is told, without waiting for the end of the connection. */
    String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      InputStream input = socket.getInputStream();
      for (int next = input.read(); next >= 0; next = input.read()) {
        head.write(next);
        if (head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
          break;
        }
      }
      return head.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
