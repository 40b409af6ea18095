package dev.airlock.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.airlock.dsl.Http;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Program;
import dev.airlock.dsl.Secret;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.TaskResult;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequestsTest {

  private static final Param<String> CHANNEL = Param.text("channel").orElse("#ml");

  @TempDir Path home;
  private Scene scene;
  private HttpServer server;
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();

  /** What the server answers. */
  public record Ticket(int id, String state) {}

  @BeforeEach
  void begin() throws IOException {
    scene = new Scene(home).variable("AIRLOCK_SECRETS_SLACK_TOKEN", "Bearer xoxb-open-sesame");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void answer(String path, int status, String body, String... headers) {
    server.createContext(
        path,
        exchange -> {
          note(exchange);
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
          }
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void note(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
  }

  private TaskResult send(Http<?> request) {
    return (TaskResult)
        scene.programs().sendRequest(scene.task(pipeline -> pipeline.http("notify", request)));
  }

  @Test
  void shouldSendJsonAndReadTheAnswerWhenItIsExpected() {
    answer("/tickets", 201, "{\"id\": 7, \"state\": \"open\", \"url\": \"ignored\"}");
    scene.param("channel", "#shop").input("train", new TaskResult("{\"auc\":0.75}"));

    TaskResult result =
        (TaskResult)
            scene
                .programs()
                .sendRequest(
                    scene.task(
                        pipeline ->
                            pipeline.http(
                                "notify",
                                Http.post(url("/tickets"))
                                    .json(
                                        new TreeMap<>(
                                            Map.of(
                                                "channel",
                                                CHANNEL,
                                                "model",
                                                pipeline.process("train", Program.of("true")),
                                                "urgent",
                                                true,
                                                "rank",
                                                3)))
                                    .header("Authorization", Secret.named("slack-token"))
                                    .expect(201)
                                    .result(Ticket.class))));

    assertEquals("{\"id\":7,\"state\":\"open\"}", result.json());
    assertEquals(
        List.of("{\"channel\":\"#shop\",\"model\":{\"auc\":0.75},\"rank\":3,\"urgent\":true}"),
        bodies);
    assertEquals(List.of("Bearer xoxb-open-sesame"), authorizations);
  }

  @Test
  void shouldSendTheSameKeyInEachAttempt() {
    answer("/tickets", 200, "");

    send(Http.post(url("/tickets")));
    scene.attempt(2);
    send(Http.post(url("/tickets")));

    assertEquals(keys.get(0), keys.get(1));
    assertTrue(keys.get(0).startsWith("run-41-notify-"), keys.get(0));
  }

  @Test
  void shouldBeTriedAgainAfterWhatTheServerAsksForWhenItIsBusy() {
    answer("/busy", 429, "slow down", "Retry-After", "17");

    ApplicationFailure failure = Scene.failure(() -> send(Http.get(url("/busy"))));

    assertFalse(failure.isNonRetryable());
    assertEquals(Duration.ofSeconds(17), failure.getNextRetryDelay());
    assertEquals(StageFailure.REQUEST_FAILED, failure.getType());
    assertEquals(
        url("") + " answered 429; expected 200 to 299. It says: slow down",
        failure.getOriginalMessage());
  }

  @Test
  void shouldNotBeTriedAgainWhenTheServerRefuses() {
    answer("/no", 403, "you may not");

    assertTrue(Scene.failure(() -> send(Http.get(url("/no")))).isNonRetryable());
  }

  @Test
  void shouldReadRetryAfterAsSecondsOrAsAMoment() {
    assertEquals(Optional.of(Duration.ofSeconds(3)), Requests.pause("3"));
    assertEquals(Optional.of(Duration.ofHours(1)), Requests.pause("999999"));
    assertEquals(Optional.empty(), Requests.pause("Mon, 05 Jan 2015 00:00:00 GMT"));
    assertEquals(Optional.empty(), Requests.pause("soon"));
  }

  @Test
  void shouldShowNoSecretWhenTheServerSaysItBack() {
    answer("/echo", 400, "bad token: Bearer xoxb-open-sesame");

    ApplicationFailure failure =
        Scene.failure(
            () ->
                send(Http.post(url("/echo")).header("Authorization", Secret.named("slack-token"))));

    assertFalse(failure.toString().contains("sesame"), failure.toString());
    assertTrue(failure.getOriginalMessage().endsWith("bad token: ***"));
  }

  @Test
  void shouldNotNameTheServerWhenItsUrlIsASecret() {
    scene.variable("AIRLOCK_SECRETS_HOOK", url("/hooks/T01/abcdefgh"));
    answer("/hooks", 500, "");

    ApplicationFailure failure = Scene.failure(() -> send(Http.post(Secret.named("hook"))));

    assertEquals(
        "the server answered 500; expected 200 to 299. It says: nothing.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldFollowAGetOnTheSameServerAlone() {
    answer("/new", 200, "{\"id\": 1, \"state\": \"open\"}");
    answer("/old", 301, "", "Location", "/new");
    answer("/away", 302, "", "Location", "https://elsewhere.example.org/");

    assertEquals(
        "{\"id\":1,\"state\":\"open\"}", send(Http.get(url("/old")).result(Ticket.class)).json());
    ApplicationFailure away = Scene.failure(() -> send(Http.get(url("/away"))));
    ApplicationFailure posted = Scene.failure(() -> send(Http.post(url("/old"))));

    assertEquals(
        url("")
            + " sends on to another server, https://elsewhere.example.org."
            + " Ask that one, if it is meant.",
        away.getOriginalMessage());
    assertTrue(posted.getOriginalMessage().contains("answered 301"));
  }

  @Test
  void shouldNotSendASecretInTheOpen() {
    ApplicationFailure failure =
        Scene.failure(
            () ->
                send(
                    Http.post("http://hooks.example.org/")
                        .header("Authorization", Secret.named("slack-token"))));

    assertEquals(
        "A secret would go to http://hooks.example.org for everybody to read. Use https.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldGiveUpWhenTheServerTakesTooLong() {
    server.createContext("/slow", neitherAnswersNorHangsUp -> {});

    ApplicationFailure failure =
        Scene.failure(() -> send(Http.get(url("/slow")).within(Duration.ofMillis(300))));

    assertTrue(failure.getOriginalMessage().contains("did not answer within"), failure.toString());
    assertFalse(failure.isNonRetryable());
  }

  @Test
  void shouldSayThatNobodyAnswersWhenTheServerIsGone() {
    String gone = url("/");
    server.stop(0);

    ApplicationFailure failure = Scene.failure(() -> send(Http.get(gone)));

    assertEquals(
        gone.substring(0, gone.length() - 1) + " can't be reached: nobody answers there.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldNameTheFieldWhenTheAnswerIsNotAsExpected() {
    answer("/tickets", 200, "{\"id\": \"seven\"}");

    ApplicationFailure failure =
        Scene.failure(() -> send(Http.get(url("/tickets")).result(Ticket.class)));

    assertEquals(
        "The answer of " + url("") + ": expected a whole number at id, but came \"seven\".",
        failure.getOriginalMessage());
  }

  @Test
  void shouldAskForTheSecretByItsNameWhenTheWorkerLacksIt() {
    ApplicationFailure failure =
        Scene.failure(
            () -> send(Http.post(url("/")).header("Authorization", Secret.named("pager-key"))));

    assertEquals(
        "The worker has no secret 'pager-key': give it AIRLOCK_SECRETS_PAGER_KEY, or the file "
            + home.resolve("secrets/pager-key")
            + " (mode 600).",
        failure.getOriginalMessage());
    assertEquals(StageFailure.BAD_PIPELINE, failure.getType());
  }
}
