package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.http.BodyPatience;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.session.AccessConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds who send a byte now and then keep nobody else from an answer. */
final class SlowRequestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static WebFixture web;
  private static String model;

  @BeforeAll
  static void start() {
    AccessConfig usual = AccessConfig.standard().withRequestsPerSecond(50_000);
    web =
        WebFixture.with(
            new AccessConfig(
                null,
                Proxies.of("127.0.0.1"),
                usual.idle(),
                usual.longest(),
                usual.requestsPerSecond(),
                null),
            new BodyPatience(PATIENCE, Duration.ofMinutes(10)));
    model = WebFixture.freshName("slow");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    WebFixture.await(
        "the model is live", () -> web.client("").get("/v2/models/" + model).status() == 200);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldAnswerOthersAndEndWhoeverSendsTooSlowly() throws IOException {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      slow.add(Slow.post("/sign-in", "", 1_000));
      slow.add(Slow.post("/v2/models/" + model + "/infer", "", 100_000));
    }

    shouldServeOthers();

    assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    for (Slow one : slow) {
      String answer = one.answer();
      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertTrue(answer.contains("its body was not here after 10 s"), answer);
      assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("connection: close"), answer);
    }
  }

  @Test
  void shouldLeaveThreadsForOthersWhileOneAddressUploadsSlowly() throws IOException {
    String head = from(9) + "Authorization: Bearer token of engineer\r\n";
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      slow.add(Slow.post("/api/v1/publications?file=mine.jar", head, 20_000_000));
    }

    shouldServeOthers();

    assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    String answer = slow.get(0).answer();
    assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
    assertTrue(answer.contains("application/problem+json"), answer);
    for (Slow one : slow) {
      one.close();
    }
  }

  @Test
  void shouldNotWaitForAStrangersUpload() throws IOException {
    String answer = Slow.post("/api/v1/publications?file=mine.jar", from(8), 20_000_000).answer();
    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
  }

  @Test
  void shouldServeOthersWhenSlowBodiesTakeAllTheMemory() throws IOException {
    List<Slow> slow = new ArrayList<>();
    byte[] most = new byte[4_000_000];
    for (int i = 0; i < 16; i++) {
      slow.add(Slow.post("/sign-in", from(10 + i), 4_100_000).send(most));
      slow.add(Slow.post("/v2/models/" + model + "/infer", from(10 + i), 4_100_000).send(most));
    }
    for (int i = 0; i < 240; i++) {
      slow.add(Slow.post("/sign-in", from(40 + i % 4), 1_000));
      slow.add(Slow.post("/v2/models/" + model + "/infer", from(40 + i % 4), 100_000));
    }

    shouldServeOthers();

    assertTrue(slow.stream().allMatch(Slow::isUnanswered), "they came too late to be in the way");
    int withoutRoom = 0;
    for (Slow one : slow) {
      String answer = one.answer();
      if (answer.startsWith("HTTP/1.1 503 ")) {
        withoutRoom++;
        assertTrue(answer.contains("Retry-After: 5"), answer);
      } else {
        // Not the patience with uploads, though some have sent megabytes.
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("its body was not here after 10 s"), answer);
      }
    }
    assertTrue(withoutRoom >= 10, withoutRoom + " were refused");
  }

  @Test
  void shouldLeaveMemoryForOthersWhenOneAddressTakesItsShare() throws IOException {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      slow.add(
          Slow.post("/v2/models/" + model + "/infer", from(70), 4_100_000)
              .send(new byte[4_000_000]));
    }
    String infer = "POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: localhost\r\n";
    byte[] megabyte = new byte[1_000_000];

    try (Slow same =
            Slow.open(infer + from(70) + "Content-Length: 1000000\r\n\r\n").send(megabyte);
        Slow other =
            Slow.open(infer + from(71) + "Content-Length: 1000000\r\n\r\n").send(megabyte)) {
      String refused = same.head();
      assertTrue(refused.startsWith("HTTP/1.1 503 "), refused);
      assertTrue(refused.contains("Retry-After: 5"), refused);
      assertTrue(refused.contains("application/problem+json"), refused);
      String read = other.head();
      assertTrue(read.startsWith("HTTP/1.1 400 "), read);
    }
    for (Slow one : slow) {
      one.close();
    }
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
    shouldServeOthers();
  }

  private static void shouldServeOthers() {
    Http other = web.client("viewer");
    assertEquals(200, other.get("/api/v1/health").status());
    assertEquals(200, other.get("/sign-in").status());
    assertEquals(200, other.get("/api/v1/models/" + model).status());
    Http.Answer scored =
        other.post(
            "/v2/models/" + model + "/infer", GatewayTest.request(new double[][] {{1, 2, 3}}, "]"));
    assertEquals(200, scored.status(), scored.body());
  }

  /** Says how much it will send, and sends one byte of it. */
  private record Slow(Socket socket) implements AutoCloseable {
    static Slow post(String path, String more, int length) throws IOException {
      return open(
          "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n%sContent-Length: %d\r\n\r\nn"
              .formatted(path, more, length));
    }

    static Slow open(String beginning) throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), web.server.port());
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
