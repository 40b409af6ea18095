package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that takes what comes, and answers when it is let. */
final class ApiTest {
  private static final int PATIENCE_SECONDS = 20;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir private Path folder;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    server.stop(0);
    threads.shutdown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    asked.countDown();
    await(mayAnswer);
    byte[] bytes = "{\"id\": 7}".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Api api() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Api(url, "token", Duration.ofSeconds(1), Duration.ofMinutes(6));
  }

  @Test
  void shouldWaitLongerForTheAnswerToAFileAndSayWhichAnswerHasNotCome() throws IOException {
    Path jar = Files.writeString(folder.resolve("mine.jar"), "a jar");
    CompletableFuture<JsonNode> sent =
        CompletableFuture.supplyAsync(
            () -> api().post("/publications?file=mine.jar", jar), threads);
    await(asked);

    // What was asked later is given up first.
    CommandException late = assertThrows(CommandException.class, () -> api().get("/runs"));
    assertTrue(late.toString().contains("has not answered within 1 s."), late::toString);
    assertTrue(late.toString().contains("may still happen"), late::toString);

    mayAnswer.countDown();
    assertEquals(7, sent.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join().path("id").asInt());
  }

  @Test
  void shouldSayThatNothingAnswersWhereNothingDoes() {
    Api api = api();
    server.stop(0);

    CommandException gone = assertThrows(CommandException.class, () -> api.get("/runs"));

    assertTrue(gone.toString().contains(": Nothing answers at "), gone::toString);
  }
}
