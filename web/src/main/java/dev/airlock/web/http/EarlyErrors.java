package dev.airlock.web.http;

import dev.airlock.workflows.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers what Jetty refuses before any route has seen it, such as a path that is not UTF-8: as a
 * problem for programs, and as a plain page for people, since nobody knows yet who asks.
 */
public final class EarlyErrors extends ErrorHandler {

  /** Jetty's name for the path of a request whose first line it could not read. */
  private static final String UNREADABLE = "/badMessage";

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><title>%1$s · Airlock</title></head>
      <body><main><h1>%1$s</h1><p>%2$s</p><p><a href="/">Home</a></p></main></body>
      </html>
      """;

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    Problem problem = problem(code, message);
    String path = String.valueOf(request.getHttpURI().getPath());
    boolean isForPrograms = Problems.isForPrograms(path) || path.equals(UNREADABLE);
    response.setStatus(code);
    response
        .getHeaders()
        .put(
            HttpHeader.CONTENT_TYPE,
            isForPrograms ? Problem.MEDIA_TYPE : "text/html; charset=utf-8")
        .put("X-Content-Type-Options", "nosniff")
        .put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    String body = isForPrograms ? Json.write(Problems.body(path, problem)) : page(problem);
    if (request.getMethod().equals("HEAD")) {
      callback.succeeded();
    } else {
      response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }
  }

  private static Problem problem(int code, @Nullable String message) {
    String reason = message == null || message.isBlank() ? HttpStatus.getMessage(code) : message;
    return switch (code) {
      case 400 ->
          ProblemException.badRequest(
                  "The request can't be read: %s. In a path and a query, send anything but ASCII letters and digits percent-encoded, as UTF-8."
                      .formatted(reason))
              .problem();
      case 404 -> ProblemException.notFound("There is nothing here.").problem();
      case 408 -> of(code, "Too slow", "The request was given up: %s.".formatted(reason));
      case 413 -> ProblemException.tooLarge("%s.".formatted(reason)).problem();
      case 414 -> of(code, "Too long", "The URL is longer than 8 kB; send less in it.");
      case 429 -> ProblemException.tooMany("%s.".formatted(reason)).problem();
      case 431 ->
          of(
              code,
              "Too large",
              "The headers are larger than 8 kB in all; send fewer, or shorter ones.");
      case 503 -> ProblemException.unavailable("%s.".formatted(reason)).problem();
      default ->
          code < 500
              ? of(code, "Not possible", "The request can't be served: %s.".formatted(reason))
              : of(code, "Something went wrong here", "The log of the web process says more.");
    };
  }

  private static Problem of(int code, String title, String detail) {
    return Problem.of("http-" + code, title, code, detail, List.of());
  }

  private static String page(Problem problem) {
    return PAGE.formatted(escaped(problem.title()), escaped(problem.detail()));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
