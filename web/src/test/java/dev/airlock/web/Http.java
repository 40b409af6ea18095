package dev.airlock.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A program with a token, or a browser with cookies. */
final class Http {
  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

  private final String base;
  private final String token;
  private final HttpClient client;

  private Http(String base, String token, HttpClient client) {
    this.base = base;
    this.token = token;
    this.client = client;
  }

  static Http bearer(String base, String person) {
    return new Http(base, person.isEmpty() ? "" : "token of " + person, HttpClient.newHttpClient());
  }

  static Http bearerOf(String base, String token) {
    return new Http(base, token, HttpClient.newHttpClient());
  }

  static Http browser(String base) {
    return new Http(
        base,
        "",
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build());
  }

  /** What came back. */
  record Answer(int status, String body, HttpResponse<String> response) {
    JsonNode json() {
      return Json.read(body, JsonNode.class);
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String csrf() {
      Matcher matcher = CSRF.matcher(body);
      if (!matcher.find()) {
        throw new AssertionError("The page has no form: " + body);
      }
      return matcher.group(1);
    }
  }

  /** Scheme, host and port. */
  String base() {
    return base;
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  /** At another server. */
  Answer getAbsolute(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  Answer post(String path, String json) {
    return method("POST", path, json);
  }

  /** Every body has fields that this release does not know: it must pass over them. */
  Answer method(String method, String path, String json) {
    String planted = Contract.current().planted(method, path, json);
    Answer answer =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(planted)));
    if (answer.status() < 300) {
      Contract.current().checkTaken(method, path, json);
    }
    return answer;
  }

  Answer postBytes(String path, byte[] bytes) {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofByteArray(bytes)));
  }

  Answer form(String path, Map<String, String> fields) {
    return send(form(request(path), fields));
  }

  /** As a browser sends it that names the page on which the form stood. */
  Answer formFrom(String page, String path, Map<String, String> fields) {
    return send(form(request(path).header("Referer", page), fields));
  }

  private static HttpRequest.Builder form(HttpRequest.Builder request, Map<String, String> fields) {
    String body =
        fields.entrySet().stream()
            .map(
                field ->
                    field.getKey()
                        + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /** Signs in by the form. */
  Answer signIn(String person, String password) {
    String token = get("/sign-in").csrf();
    return form(
        "/sign-in", Map.of("csrf", token, "then", "/", "name", person, "password", password));
  }

  HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  /** Sends it, and holds the answer against the description in {@code openapi.yaml}. */
  Answer send(HttpRequest.Builder builder) {
    HttpRequest request = builder.build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      Contract.current()
          .check(
              request.method(),
              request.uri().getRawPath(),
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse(""),
              response.body());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpClient client() {
    return client;
  }
}
