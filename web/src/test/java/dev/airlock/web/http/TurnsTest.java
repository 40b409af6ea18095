package dev.airlock.web.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Turns before a handler that ends when the test says so. */
final class TurnsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch end = new CountDownLatch(1);
  private final Semaphore begun = new Semaphore(0);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Server server = new Server(new QueuedThreadPool(Turns.THREADS + 20));
  private final ServerConnector connector = new ServerConnector(server);

  private final class Slow extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (request.getHttpURI().getPath().contains("slow")) {
        begun.release();
        end.await();
      }
      response.setStatus(200);
      callback.succeeded();
      return true;
    }
  }

  @BeforeEach
  void start() throws Exception {
    server.addConnector(connector);
    server.setHandler(new Turns(new Slow(), Proxies.of("127.0.0.1"), Duration.ofMillis(200)));
    server.setErrorHandler(new EarlyErrors());
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    server.stop();
  }

  @Test
  void shouldAnswerHealthWhileAllThreadsOfPredictionsAreTaken() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> predictions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      predictions.add(ask("/v2/models/slow/infer", 1 + i % 2));
    }
    awaitBegun(40);

    for (String path :
        List.of("/v2/health/live", "/v2/health/ready", "/api/v1/health", "/api/v1/ready")) {
      assertEquals(200, answer(path, 1).statusCode(), path);
    }
    assertEquals(200, answer("/runs", 1).statusCode());

    end.countDown();
    for (CompletableFuture<HttpResponse<String>> prediction : predictions) {
      assertEquals(200, prediction.get().statusCode());
    }
  }

  @Test
  void shouldTellWhoeverWaitsTooLongToComeAgain() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> first = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      first.add(ask("/v2/models/slow/infer", 1));
    }
    awaitBegun(20);

    HttpResponse<String> refused = answer("/v2/models/slow/infer", 1);

    assertEquals(503, refused.statusCode());
    assertEquals("5", refused.headers().firstValue("Retry-After").orElse(""));
    assertTrue(refused.body().contains("try again in 5 s"), refused.body());
    assertEquals(200, answer("/v2/models/other/infer", 2).statusCode(), "of another address");

    end.countDown();
    for (CompletableFuture<HttpResponse<String>> one : first) {
      assertEquals(200, one.get().statusCode());
    }
    assertEquals(200, answer("/v2/models/slow/infer", 1).statusCode(), "now that there is room");
  }

  private void awaitBegun(int requests) throws InterruptedException {
    assertTrue(
        begun.tryAcquire(requests, PATIENCE.toSeconds(), TimeUnit.SECONDS),
        () -> "%d of %d have begun".formatted(begun.availablePermits(), requests));
  }

  private HttpResponse<String> answer(String path, int place)
      throws IOException, InterruptedException {
    return client.send(request(path, place), HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> ask(String path, int place) {
    return client.sendAsync(request(path, place), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path, int place) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .header("X-Forwarded-For", "203.0.113." + place)
        .timeout(PATIENCE)
        .build();
  }
}
