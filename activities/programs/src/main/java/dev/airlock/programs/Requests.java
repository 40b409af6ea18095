package dev.airlock.programs;

import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks servers. A certificate that the worker's Java does not trust ends the stage. A redirect is
 * followed only by a GET to the same server, so that no secret goes where it was not sent.
 */
final class Requests {

  private static final Logger log = LoggerFactory.getLogger(Requests.class);

  private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Set<Integer> ELSEWHERE = Set.of(301, 302, 303, 307, 308);
  private static final Duration TO_CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int MOST_REDIRECTS = 5;
  private static final int LONGEST_SAMPLE = 300;

  private final Vault vault;
  private final World world;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TO_CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Requests(Vault vault, World world) {
    this.vault = vault;
    this.world = world;
  }

  private record Answer(
      int status,
      @Nullable String retryAfter,
      @Nullable String location,
      String body,
      boolean tooLong) {}

  TaskResult send(StageTask task, HttpSpec request) {
    Given given = new Given(task, vault, world);
    URI url = url(given.text(request.url()));
    boolean secret = hasSecret(request);
    String server =
        secretIn(request.url()) ? "the server" : url.getScheme() + "://" + url.getAuthority();
    requireTls(url, secret, server);
    Answer answer = ask(task, request, given, url, server);
    for (int hops = 0; isRedirect(request, answer) && hops < MOST_REDIRECTS; hops++) {
      url = next(url, answer, server);
      answer = ask(task, request, given, url, server);
    }
    log.info("{} {} answered {}.", request.method(), server, answer.status());
    return settled(task, request, answer, server);
  }

  private static boolean isRedirect(HttpSpec request, Answer answer) {
    return request.method().equals("GET")
        && ELSEWHERE.contains(answer.status())
        && !request.expect().contains(answer.status())
        && answer.location() != null;
  }

  private static URI next(URI url, Answer answer, String server) {
    URI next = url.resolve(answer.location());
    boolean same =
        url.getScheme().equals(next.getScheme()) && url.getAuthority().equals(next.getAuthority());
    if (!same) {
      throw StageFailure.of(
          StageFailure.REQUEST_FAILED,
          "%s sends on to another server, %s://%s. Ask that one, if it is meant."
              .formatted(server, next.getScheme(), next.getAuthority()));
    }
    return next;
  }

  private Answer ask(StageTask task, HttpSpec request, Given given, URI url, String server) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(url)
            .timeout(request.within())
            .method(request.method(), body(request, given))
            .header("Idempotency-Key", key(task));
    if (request.contentType() != null) {
      builder.header("Content-Type", request.contentType());
    }
    request
        .headers()
        .forEach((name, value) -> builder.setHeader(name, header(name, given.text(value))));
    CompletableFuture<Answer> asked =
        client
            .sendAsync(builder.build(), BodyHandlers.ofInputStream())
            .thenApplyAsync(response -> read(response, request.atMostBytes()));
    try {
      return asked.get(request.within().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      asked.cancel(true);
      throw new CancellationException("The request was dropped with its attempt.");
    } catch (TimeoutException e) {
      asked.cancel(true);
      throw silent(server, request);
    } catch (ExecutionException e) {
      throw unreachable(e.getCause() == null ? e : e.getCause(), server, request);
    }
  }

  private static Answer read(HttpResponse<InputStream> response, int atMost) {
    try (InputStream stream = response.body()) {
      byte[] bytes = stream.readNBytes(atMost + 1);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Retry-After").orElse(null),
          response.headers().firstValue("Location").orElse(null),
          new String(bytes, 0, Math.min(bytes.length, atMost), StandardCharsets.UTF_8),
          bytes.length > atMost);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private TaskResult settled(StageTask task, HttpSpec request, Answer answer, String server) {
    if (!isExpected(request, answer.status())) {
      throw unexpected(request, answer, server);
    }
    if (request.result() == null) {
      return new TaskResult(Integer.toString(answer.status()));
    }
    if (answer.tooLong()) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "%s answers more than %,d bytes.".formatted(server, request.atMostBytes()));
    }
    Class<?> type = Types.load(world, task, request.result());
    return Results.read(answer.body(), type, "The answer of " + server);
  }

  private static boolean isExpected(HttpSpec request, int status) {
    return request.expect().isEmpty()
        ? status >= 200 && status < 300
        : request.expect().contains(status);
  }

  private static ApplicationFailure unexpected(HttpSpec request, Answer answer, String server) {
    String expected = request.expect().isEmpty() ? "200 to 299" : Json.write(request.expect());
    String sample = Mask.mask(answer.body()).strip();
    String message =
        "%s answered %d; expected %s. It says: %s"
            .formatted(
                server,
                answer.status(),
                expected,
                sample.isEmpty()
                    ? "nothing."
                    : sample.substring(0, Math.min(sample.length(), LONGEST_SAMPLE)));
    if (!WORTH_ANOTHER_TRY.contains(answer.status())) {
      return StageFailure.of(StageFailure.REQUEST_FAILED, message);
    }
    ApplicationFailure.Builder failure =
        ApplicationFailure.newBuilder()
            .setMessage(message)
            .setType(StageFailure.REQUEST_FAILED)
            .setDetails(List.of());
    pause(answer.retryAfter()).ifPresent(failure::setNextRetryDelay);
    return failure.build();
  }

  /** Seconds, or a moment as HTTP writes it (RFC 9110, 10.2.3). */
  static Optional<Duration> pause(@Nullable String retryAfter) {
    if (retryAfter == null) {
      return Optional.empty();
    }
    try {
      Duration pause =
          retryAfter.strip().matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
              : Duration.between(
                  Instant.now(),
                  ZonedDateTime.parse(retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
      return Optional.of(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause)
          .filter(time -> time.toMillis() > 0);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static ApplicationFailure silent(String server, HttpSpec request) {
    return ApplicationFailure.newFailure(
        "%s did not answer within the %s that the request has.".formatted(server, request.within()),
        StageFailure.REQUEST_FAILED,
        List.of());
  }

  private static RuntimeException unreachable(Throwable cause, String server, HttpSpec request) {
    if (cause instanceof HttpTimeoutException && !(cause.getCause() instanceof ConnectException)) {
      return silent(server, request);
    }
    String why = Mask.mask(String.valueOf(cause.getMessage()));
    if (cause instanceof SSLException) {
      return StageFailure.of(
          StageFailure.REQUEST_FAILED,
          "%s can't be trusted: %s. Give the worker's Java its certificate."
              .formatted(server, why));
    }
    String sentence =
        cause instanceof ConnectException || cause instanceof UnknownHostException
            ? "%s can't be reached: nobody answers there.".formatted(server)
            : "%s broke off: %s.".formatted(server, why);
    return ApplicationFailure.newFailure(sentence, StageFailure.REQUEST_FAILED, List.of());
  }

  private static HttpRequest.BodyPublisher body(HttpSpec request, Given given) {
    ValueSpec body = request.body();
    return body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(given.text(body));
  }

  private static String header(String name, String value) {
    if (!value.chars().allMatch(letter -> letter == '\t' || (letter >= ' ' && letter < 127))) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "The header %s would hold a line break or another letter that headers can't hold."
              .formatted(name));
    }
    return value;
  }

  /** The same in every attempt, and another in every run, here and elsewhere. */
  private static String key(StageTask task) {
    String whole = task.codeDigest() + task.pipeline() + task.logicalDate() + task.key();
    return task.key().replace('/', '-')
        + "-"
        + Json.digest(whole.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  private static URI url(String text) {
    try {
      URI url = URI.create(text.strip());
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, with URLs of another kind.
    }
    throw StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "'%s' is no URL of a server: expected one such as https://hooks.example.org/models."
            .formatted(Mask.mask(text)));
  }

  private static void requireTls(URI url, boolean secret, String server) {
    boolean here = Set.of("localhost", "127.0.0.1", "[::1]").contains(url.getHost());
    if (secret && !here && url.getScheme().equalsIgnoreCase("http")) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "A secret would go to %s for everybody to read. Use https.".formatted(server));
    }
  }

  private static boolean hasSecret(HttpSpec request) {
    return secretIn(request.url())
        || request.headers().values().stream().anyMatch(Requests::secretIn)
        || (request.body() != null && secretIn(request.body()));
  }

  private static boolean secretIn(ValueSpec value) {
    return value.secrets().findAny().isPresent();
  }
}
