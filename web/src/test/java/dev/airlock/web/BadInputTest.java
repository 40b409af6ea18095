package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.DatasetRow;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, it is answered clearly. Another seed makes other requests: {@code
 * -Dairlock.seed=7}.
 */
final class BadInputTest {
  private static final long SEED = Long.getLong("airlock.seed", 20_261_122L);
  private static final int REQUESTS = Integer.getInteger("airlock.requests", 10_000);
  private static final int SENDERS = 4;
  private static final int MOST_FAULTS = Integer.getInteger("airlock.faults", 15);

  /** What stands in a stack trace, in the message of an exception or in Jetty's own pages. */
  private static final Pattern INSIDES =
      Pattern.compile(
          "Exception\\b|\\bat [a-z]+\\.[a-z.]+\\.[A-Z]\\w+\\.|\\bjava\\.(lang|util|io|time)\\.|org\\.postgresql|SQLSTATE|PSQL|com\\.fasterxml|io\\.javalin|org\\.eclipse|Jetty|jdbi|dev\\.airlock\\.(web|store)");

  private static final Set<String> DESCRIPTIONS = Set.of("/openapi.yaml", "/api");

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.over(PostgresServer.temporary());
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldAnswerClearlyWhateverComes() throws InterruptedException {
    OddRequests requests =
        new OddRequests(SEED, targets(), known(), sessions(), Contract.current());
    RawHttp http = new RawHttp(web.server.port());
    Queue<String> faults = new ConcurrentLinkedQueue<>();
    AtomicIntegerArray kinds = new AtomicIntegerArray(6);
    AtomicLong next = new AtomicLong();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      Thread sender =
          new Thread(
              () -> {
                for (long n = next.getAndIncrement();
                    n < REQUESTS && faults.size() < MOST_FAULTS;
                    n = next.getAndIncrement()) {
                  OddRequests.Request request = requests.request(n);
                  try {
                    Optional<RawHttp.Answer> answer = http.send(request.bytes());

                    kinds.incrementAndGet(answer.map(RawHttp.Answer::status).orElse(0) / 100);
                    answer.ifPresent(a -> fault(request, a).ifPresent(faults::add));
                  } catch (IOException | RuntimeException e) {
                    faults.add("No answer (" + e + ") to " + request);
                  }
                }
              });
      sender.start();
      senders.add(sender);
    }
    for (Thread sender : senders) {
      sender.join();
    }
    if (!faults.isEmpty()) {
      throw new AssertionError(
          "Seed %d, %d faults:%n%s".formatted(SEED, faults.size(), String.join("\n\n", faults)));
    }
    assertTrue(kinds.get(0) < REQUESTS / 100, () -> "Unanswered, 1xx, 2xx …: " + kinds);
    assertTrue(kinds.get(2) > REQUESTS / 20, () -> "Too few got through: " + kinds);
    assertTrue(kinds.get(4) > REQUESTS / 4, () -> "Too few were refused: " + kinds);
  }

  /** All but those that end the senders' sessions, or cost half a second of hashing each. */
  private static List<RouteTable.Route> targets() {
    return web.server.routes().stream()
        .filter(route -> !route.path().startsWith("/sign-"))
        .toList();
  }

  private static SortedMap<String, List<String>> known() {
    String name = "odd";
    web.scene.publish(name);
    long run = web.scene.request(name);
    Scene.Play live = web.scene.playToLive(run);
    long open = web.scene.request(name);
    Scene.Play asked = web.scene.playToApproval(open);
    keepRows(name + ".orders");
    return new TreeMap<>(
        Map.of(
            "id", List.of(Long.toString(run), Long.toString(open), "1"),
            "name", List.of(name, name + ".orders", "odd-pool"),
            "stage", List.of("orders", "features", "judge", "promote"),
            "pipeline", List.of(name),
            "webhook", List.of("new-prices"),
            "version", List.of("1", Long.toString(live.approvalId)),
            "position", List.of("1"),
            "index", List.of("0"),
            "check", List.of("1", Long.toString(asked.approvalId)),
            "file", List.of("airlock.css", "airlock.js")));
  }

  /** Nobody waits for a worker that would have to read them. */
  private static void keepRows(String dataset) {
    for (DatasetRow version : web.store.datasets().versions(dataset)) {
      RowSample rows =
          new RowSample(
              dataset,
              version.snapshotId(),
              1,
              List.of(new RowSample.Column("amount", ColumnType.DECIMAL, false)),
              List.of(List.of(12.5)));
      String digest = web.artifacts.put(Json.write(rows).getBytes(StandardCharsets.UTF_8));
      web.store.datasetSamples().keep(dataset, version.snapshotId(), digest);
    }
  }

  /** Of each role a token, then of each role a browser. */
  private static List<OddRequests.Session> sessions() {
    List<OddRequests.Session> sessions = new ArrayList<>();
    List<String> people = List.of("admin", "engineer", "approver", "viewer");
    for (String person : people) {
      sessions.add(new OddRequests.Session("Authorization: Bearer token of " + person, ""));
    }
    for (String person : people) {
      Http browser = web.browser();
      Http.Answer signedIn = browser.signIn(person, "password of " + person);
      String cookie = signedIn.header("Set-Cookie").replaceFirst(";.*", "");
      String csrf = browser.get("/").csrf();
      sessions.add(new OddRequests.Session("Cookie: " + cookie, csrf));
    }
    return sessions;
  }

  private static Optional<String> fault(OddRequests.Request request, RawHttp.Answer answer) {
    String what = null;
    if (answer.status() >= 500 && !isAllowedToBeAway(request, answer)) {
      what = "A server's fault";
    } else if (showsInsides(request, answer)) {
      what = "The insides show";
    } else if (answer.status() >= 400 && answer.status() < 500) {
      what = unlikeAProblem(request, answer);
    }
    if (what == null && !request.method().equals("HEAD") && !isUnreadable(answer)) {
      what = unlikeTheDescription(request, answer);
    }
    return Optional.ofNullable(what)
        .map(
            words ->
                "%s: %d %s%n%s%nto %s"
                    .formatted(
                        words,
                        answer.status(),
                        answer.mediaType(),
                        answer.body().length() > 600
                            ? answer.body().substring(0, 600) + "…"
                            : answer.body(),
                        request));
  }

  /** What pipelines may be written with stands in the description. */
  private static boolean showsInsides(OddRequests.Request request, RawHttp.Answer answer) {
    return INSIDES.matcher(answer.body()).find() && !DESCRIPTIONS.contains(request.route().path());
  }

  /** Temporal is away here, and no worker reads rows: 503 is the truth. */
  private static boolean isAllowedToBeAway(OddRequests.Request request, RawHttp.Answer answer) {
    return answer.status() == 503
        && (request.route().path().equals("/api/v1/ready")
            || request.route().path().endsWith("/rows"));
  }

  private static @Nullable String unlikeAProblem(
      OddRequests.Request request, RawHttp.Answer answer) {
    if (request.method().equals("HEAD")) {
      return null;
    }
    String expected =
        Contract.isDescribed(request.path()) || request.path().startsWith("/assets/")
            ? "application/problem+json"
            : "text/html";
    if (!answer.mediaType().equals(expected) && !isUnreadable(answer)) {
      return "Expected " + expected;
    }
    return answer.body().isBlank() ? "Nothing said" : null;
  }

  /** Jetty can't say what was asked of it: neither whether by a person, nor whether under /v2. */
  private static boolean isUnreadable(RawHttp.Answer answer) {
    return answer.mediaType().equals("application/problem+json")
        && (answer.status() == 414
            || answer.status() == 431
            || answer.body().contains("The request can't be read"));
  }

  private static @Nullable String unlikeTheDescription(
      OddRequests.Request request, RawHttp.Answer answer) {
    try {
      Contract.current()
          .check(
              request.method(), request.path(), answer.status(), answer.mediaType(), answer.body());
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }
}
