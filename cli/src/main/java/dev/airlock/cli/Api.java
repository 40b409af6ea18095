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
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The REST API, as one user. */
final class Api {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final URI url;
  private final String token;

  Api(URI url, String token) {
    this.url = url;
    this.token = token;
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
    JsonNode account = parse(Home.read(file));
    return new Api(URI.create(account.path("url").asText()), account.path("token").asText());
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

  String text(String path) {
    return send(request(path).GET()).body();
  }

  /** A long answer, line by line, as it comes. Whoever takes it closes it. */
  Stream<String> lines(String path) {
    HttpResponse<Stream<String>> answer = send(request(path).GET(), BodyHandlers.ofLines());
    if (answer.statusCode() / 100 == 2) {
      return answer.body();
    }
    try (Stream<String> lines = answer.body()) {
      String body = lines.collect(Collectors.joining("\n"));
      throw RefusedException.of(answer.statusCode(), json(answer, body), body);
    }
  }

  JsonNode post(String path, Object body) {
    return post(path, "application/json", BodyPublishers.ofString(write(body)));
  }

  JsonNode post(String path, Path file) {
    try {
      return post(path, "application/java-archive", BodyPublishers.ofFile(file));
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

  private JsonNode post(String path, String type, BodyPublisher body) {
    return json(send(request(path).header("Content-Type", type).POST(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve("/api/v1" + path))
        .timeout(ANSWER)
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
    try {
      return http.send(request.build(), reader);
    } catch (IOException e) {
      throw CommandException.unreachable(
          "Nothing answers at %s (%s). Start the system with `airlock up`; `airlock status` tells how it stands."
              .formatted(url, e.getClass().getSimpleName()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("Interrupted");
    }
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
