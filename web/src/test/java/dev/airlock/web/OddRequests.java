package dev.airlock.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Requests that nobody should send, made by chance out of the table of routes: the same seed and
 * number make the same request.
 */
final class OddRequests {
  private static final List<String> ENCODINGS =
      List.of(
          "%",
          "%2",
          "%zz",
          "%00",
          "%c0%af",
          "%ed%a0%80",
          "%ff%fe",
          "a%2fb",
          "%2e%2e%2f",
          ";x=y",
          "a;b",
          "%5c",
          "%0d%0aX:1",
          "%25",
          "a b",
          "a\tb",
          "ü",
          "[1]",
          "{a}",
          "|",
          "^",
          "`",
          "\"");

  private static final List<String> FIELDS = OddFields.all();

  /** What some field takes: a request that is odd in one place only gets further. */
  private static final List<String> USUAL =
      List.of(
          "1",
          "7",
          "0.9",
          "true",
          "on",
          "approver",
          "admin",
          "person@example.org",
          "mail",
          "read",
          "name",
          "auc",
          "2026-01-01",
          "2026-01-01T00:00:00Z",
          "orders",
          "odd",
          "everything",
          "since",
          "confirm",
          "pause",
          "Said as it should be.");

  private final long seed;
  private final List<RouteTable.Route> routes;
  private final Map<String, List<String>> known;
  private final List<Session> sessions;
  private final Map<String, JsonNode> bodies;
  private final JsonNode document;

  /** Somebody who is signed in: by a token, or by a cookie with the token of its forms. */
  record Session(String header, String csrf) {}

  /**
   * A request as it goes over the wire.
   *
   * @param path as it was written, with the query
   * @param text a character for each byte
   */
  record Request(long number, RouteTable.Route route, String method, String path, String text) {

    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
      return "request %d for %s:%n%s"
          .formatted(
              number, route.name(), text.length() > 1_500 ? text.substring(0, 1_500) + "…" : text);
    }
  }

  /**
   * Knows what is there.
   *
   * @param known real names and ids, by the names that they have in paths
   * @param sessions those of browsers last; their forms carry the right token
   */
  OddRequests(
      long seed,
      List<RouteTable.Route> routes,
      Map<String, List<String>> known,
      List<Session> sessions,
      Contract contract) {
    this.seed = seed;
    this.routes = routes;
    this.known = known;
    this.sessions = sessions;
    this.document = contract.document();
    this.bodies = new java.util.HashMap<>();
    contract
        .operations()
        .forEach(
            operation ->
                bodies.put(
                    operation.name(),
                    operation.node().at("/requestBody/content/application~1json/schema")));
  }

  /** The request of this number. */
  Request request(long number) {
    return new Maker(new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L)).make(number);
  }

  /** Makes one. */
  private final class Maker {
    private final RandomGenerator random;
    private final OddText text;

    Maker(RandomGenerator random) {
      this.random = random;
      this.text = new OddText(random);
    }

    Request make(long number) {
      RouteTable.Route route = routes.get(random.nextInt(routes.size()));
      String method = route.method().toString();
      if (chance(40)) {
        method = one(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"));
      }
      String path = path(route.path());
      boolean isForm = !Contract.isDescribed(route.path());
      Session session = session(isForm);
      List<String> headers = new ArrayList<>(List.of("Host: localhost", "Connection: close"));
      if (!chance(12)) {
        headers.add(session.header());
      }
      byte[] body = new byte[0];
      boolean isBare = method.equals("GET") || method.equals("HEAD");
      if (!isBare || chance(60)) {
        body = isForm ? form(session) : json(route);
        headers.add(contentType(isForm));
        if (chance(25)) {
          headers.add("Content-Encoding: " + one(List.of("gzip", "br", "deflate", "x", "")));
        }
      }
      oddHeaders(headers);
      path = path + query();
      byte[] wire = wire(method, path, headers, body);
      return new Request(
          number, route, method, path, new String(wire, StandardCharsets.ISO_8859_1));
    }

    private boolean chance(int oneIn) {
      return random.nextInt(oneIn) == 0;
    }

    private <T> T one(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    /** Mostly somebody who may do much, and mostly the right kind. */
    private Session session(boolean isForm) {
      int browsers = sessions.size() / 2;
      return isForm || chance(15)
          ? sessions.get(browsers + random.nextInt(sessions.size() - browsers))
          : sessions.get(random.nextInt(browsers));
    }

    private String path(String template) {
      StringBuilder path = new StringBuilder();
      for (String part : template.split("/", -1)) {
        if (part.isEmpty()) {
          continue;
        }
        path.append('/').append(part.startsWith("{") ? value(part) : part);
      }
      if (chance(60)) {
        path.append(one(List.of("/", "//", "/.", "/..", ";jsessionid=1", "/x", "/" + encoded())));
      }
      return path.isEmpty() ? "/" : path.toString();
    }

    private String value(String part) {
      List<String> real = known.getOrDefault(part.substring(1, part.length() - 1), List.of("1"));
      return chance(3) ? encoded() : one(real);
    }

    private String encoded() {
      return chance(4)
          ? one(ENCODINGS)
          : URLEncoder.encode(text.any(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String typed() {
      return chance(3) ? URLEncoder.encode(one(USUAL), StandardCharsets.UTF_8) : encoded();
    }

    private String query() {
      if (chance(2)) {
        return "";
      }
      List<String> pairs = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        pairs.add(one(FIELDS) + (chance(12) ? "" : "=" + typed()));
      }
      if (chance(50)) {
        pairs.add("z=" + "q".repeat(random.nextInt(12_000)));
      }
      return "?" + String.join(chance(30) ? "&&=" : "&", pairs);
    }

    private byte[] json(RouteTable.Route route) {
      JsonNode schema =
          bodies.getOrDefault(
              route.name(), com.fasterxml.jackson.databind.node.MissingNode.getInstance());
      if (chance(400)) {
        return "[1]".repeat(2 << 20).getBytes(StandardCharsets.UTF_8);
      }
      return new OddJson(random, text, document).body(schema);
    }

    private byte[] form(Session session) {
      StringBuilder form = new StringBuilder();
      if (!chance(15)) {
        form.append("csrf=").append(URLEncoder.encode(session.csrf(), StandardCharsets.UTF_8));
      }
      for (int i = random.nextInt(10); i > 0; i--) {
        form.append('&').append(one(FIELDS)).append('=').append(typed());
      }
      if (chance(200)) {
        form.append("&note=").append("n".repeat(5 << 20));
      }
      return form.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String contentType(boolean isForm) {
      if (!chance(8)) {
        return "Content-Type: "
            + (isForm ? "application/x-www-form-urlencoded" : "application/json");
      }
      return "Content-Type: "
          + one(
              List.of(
                  "text/plain",
                  "application/json; charset=utf-16",
                  "application/json; charset=no-such",
                  "application/x-www-form-urlencoded; charset=no-such",
                  "multipart/form-data",
                  "multipart/form-data; boundary=x",
                  "application/xml",
                  "",
                  "/",
                  ";;;",
                  "application/octet-stream"));
    }

    private void oddHeaders(List<String> headers) {
      if (chance(6)) {
        headers.add("Accept: " + one(List.of("text/html", "application/json", "x", "*/*;q=2", "")));
      }
      if (chance(25)) {
        headers.add("Last-Event-ID: " + one(List.of("-1", "4294967297", "x", "")));
      }
      if (chance(25)) {
        headers.add(
            one(
                List.of(
                    "Authorization: Bearer",
                    "Authorization: Basic x",
                    "Cookie: airlock_session=%zz; a=b; ;=",
                    "Cookie: airlock_session=\"",
                    "X-CSRF-Token: é",
                    "Range: bytes=9-1",
                    "If-None-Match: x",
                    "X-Forwarded-For: 1.2.3.4, x",
                    "X-Forwarded-Proto: gopher",
                    "Expect: nothing",
                    "Upgrade: websocket",
                    "HX-Request: true",
                    "X-Long: " + "h".repeat(random.nextInt(12_000)),
                    "Bad Header: x",
                    "NoColon",
                    "Host: other",
                    "X-Airlock-Timestamp: 99999999999999999999",
                    "X-Airlock-Delivery: \u0001")));
      }
    }

    private byte[] wire(String method, String path, List<String> headers, byte[] body) {
      StringBuilder head =
          new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
      headers.forEach(header -> head.append(header).append("\r\n"));
      boolean isChunked = chance(40);
      if (isChunked) {
        head.append("Transfer-Encoding: chunked\r\n\r\n")
            .append(Integer.toHexString(body.length).toUpperCase(Locale.ROOT))
            .append("\r\n");
      } else if (chance(200)) {
        head.append("Content-Length: ")
            .append(one(List.of("-1", "x", "1, 2", "")))
            .append("\r\n\r\n");
      } else {
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(body);
      if (isChunked) {
        bytes.writeBytes(
            (chance(4) ? "\r\nzz\r\n\r\n" : "\r\n0\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      }
      return bytes.toByteArray();
    }
  }
}
