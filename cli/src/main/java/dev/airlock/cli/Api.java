package dev.airlock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.airlock.local.Home;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The REST API, as one user. */
final class Api {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final String MAKE_ANEW =
      "mend it, or delete it and start `airlock up` again, which makes a new one.";

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** From the first byte that is sent to the answer's head. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** Of a file, which takes as long as the line needs; the system itself waits five minutes. */
  private static final Duration UPLOAD = Duration.ofMinutes(6);

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final URI url;
  private final String token;
  private final Duration answer;
  private final Duration upload;

  Api(URI url, String token) {
    this(url, token, ANSWER, UPLOAD);
  }

  /**
   * One that waits for so long.
   *
   * @param answer for any answer but that to a file
   * @param upload for the answer to a file, and while it is sent
   */
  Api(URI url, String token, Duration answer, Duration upload) {
    this.url = url;
    this.token = token;
    this.answer = answer;
    this.upload = upload;
  }

  /** As the user whose file lies in the home. */
  static Api as(Home home, String user) {
    Path file = home.users().resolve(user + ".json");
    if (!Files.isDirectory(home.users())) {
      throw CommandException.unreachable(
          "There is no system in %s. Start one with `airlock up`, or name its home with --home."
              .formatted(home.root()));
    }
    if (!Files.exists(file)) {
      throw CommandException.wrongUse(
          "There is no user '%s': expected the file %s with that user's token."
              .formatted(user, file));
    }
    requirePrivate(file);
    JsonNode account = account(file);
    String url = account.path("url").asText();
    String token = account.path("token").asText();
    if (!url.matches("https?://[^\\s/]+/?") || token.isBlank()) {
      throw CommandException.wrongUse(
          "%s holds no 'url' such as http://127.0.0.1:8080, or no 'token': %s"
              .formatted(file, MAKE_ANEW));
    }
    return new Api(URI.create(url), token);
  }

  /** What stands in a user's file. Where it is none, nothing of it is said: it holds secrets. */
  static JsonNode account(Path file) {
    try {
      return JSON.readTree(Home.read(file));
    } catch (JsonProcessingException e) {
      throw CommandException.wrongUse(
          "%s is no JSON, line %d: %s"
              .formatted(
                  file, e.getLocation() == null ? 1 : e.getLocation().getLineNr(), MAKE_ANEW));
    }
  }

  /** A token that others can read is nobody's proof any more. */
  private static void requirePrivate(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    try {
      Set<PosixFilePermission> permissions = view.readAttributes().permissions();
      if (!OWNER.containsAll(permissions)) {
        throw CommandException.wrongUse(
            "%s holds a token, and others than its owner may use the file (%s). Run: chmod 600 %s"
                .formatted(file, PosixFilePermissions.toString(permissions), file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the permissions of " + file, e);
    }
  }

  /** Where pages and REST are. */
  URI url() {
    return url;
  }

  JsonNode get(String path) {
    return json(send(request(path).header("Accept", "application/json").GET()));
  }

  /** All things of a list, part after part. */
  List<JsonNode> all(String path) {
    List<JsonNode> items = new ArrayList<>();
    JsonNode page = get(path);
    page.path("items").forEach(items::add);
    while (page.hasNonNull("next")) {
      page = get(following(path, page));
      page.path("items").forEach(items::add);
    }
    return items;
  }

  /** Where the next part of a list is. */
  static String following(String path, JsonNode page) {
    String cursor = encoded(page.path("next").asText());
    return path + (path.contains("?") ? "&" : "?") + "cursor=" + cursor;
  }

  String text(String path) {
    return send(request(path).GET()).body();
  }

  /**
   * Hands on a long answer, line by line, as it comes.
   *
   * @return how many lines there were
   * @throws CommandException where the server does not answer to the end
   */
  long lines(String path, Consumer<String> taker) {
    HttpResponse<Stream<String>> answer = send(request(path).GET(), BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      if (answer.statusCode() / 100 != 2) {
        String body = lines.collect(Collectors.joining("\n"));
        throw RefusedException.of(answer.statusCode(), json(answer, body), body);
      }
      long taken = 0;
      Iterator<String> each = lines.iterator();
      for (Optional<String> line = next(each, taken); line.isPresent(); line = next(each, taken)) {
        taker.accept(line.get());
        taken++;
      }
      return taken;
    }
  }

  private Optional<String> next(Iterator<String> lines, long taken) {
    try {
      return lines.hasNext() ? Optional.of(lines.next()) : Optional.empty();
    } catch (UncheckedIOException e) {
      throw CommandException.unreachable(
          "%s broke off after %,d line%s (%s). Try again; `airlock status` tells how the system stands."
              .formatted(url, taken, taken == 1 ? "" : "s", e.getMessage()));
    }
  }

  /** What a server says of itself, be it well (200) or not (503). */
  JsonNode condition(String path) {
    HttpResponse<String> answer =
        send(request(path).header("Accept", "application/json").GET(), BodyHandlers.ofString());
    if (answer.statusCode() != 200 && answer.statusCode() != 503) {
      throw RefusedException.of(answer.statusCode(), json(answer), answer.body());
    }
    return json(answer);
  }

  JsonNode post(String path, Object body) {
    return json(send(carrying("POST", path, body)));
  }

  JsonNode post(String path, Path file) {
    try {
      return json(
          send(
              request(path)
                  .timeout(upload)
                  .header("Content-Type", "application/java-archive")
                  .POST(BodyPublishers.ofFile(file))));
    } catch (FileNotFoundException e) {
      throw CommandException.wrongUse("There is no file " + file);
    }
  }

  JsonNode patch(String path, Object body) {
    return json(send(carrying("PATCH", path, body)));
  }

  JsonNode put(String path, Object body) {
    return json(send(carrying("PUT", path, body)));
  }

  private HttpRequest.Builder carrying(String method, String path, Object body) {
    return request(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(write(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve("/api/v1" + path))
        .timeout(answer)
        .header("User-Agent", "airlock-cli")
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    HttpResponse<String> answer = send(request, BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw RefusedException.of(answer.statusCode(), json(answer), answer.body());
    }
    return answer;
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> reader) {
    HttpRequest asked = request.build();
    try {
      return http.send(asked, reader);
    } catch (HttpConnectTimeoutException e) {
      throw nothingAnswers(e);
    } catch (HttpTimeoutException e) {
      throw CommandException.unreachable(
          "%s has not answered within %s. What was asked for may still happen: look before you ask again; `airlock status` tells how the system stands."
              .formatted(url, asked.timeout().map(Api::words).orElse("its time")));
    } catch (IOException e) {
      throw nothingAnswers(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("Interrupted");
    }
  }

  private static String words(Duration time) {
    return time.toMinutes() > 1 ? time.toMinutes() + " minutes" : time.toSeconds() + " s";
  }

  private CommandException nothingAnswers(IOException e) {
    return CommandException.unreachable(
        "Nothing answers at %s (%s). Start the system with `airlock up`; `airlock status` tells how it stands."
            .formatted(url, e.getClass().getSimpleName()));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return json(answer, answer.body());
  }

  private static JsonNode json(HttpResponse<?> answer, String body) {
    return answer.headers().firstValue("Content-Type").orElse("").contains("json")
        ? parse(body)
        : MissingNode.getInstance();
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Not JSON: " + json, e);
    }
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot be written as JSON", e);
    }
  }

  /** A value as part of a path or a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
