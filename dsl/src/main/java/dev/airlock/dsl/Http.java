package dev.airlock.dsl;

import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to a server, with an {@code Idempotency-Key} that is the same in each attempt. Statuses
 * 408, 425, 429 and 5xx are tried again, after what {@code Retry-After} says; others are not. Gives
 * the status, unless it says what the answer is read as. Immutable: each method gives another
 * request.
 *
 * @param <T> what it gives
 */
public final class Http<T> {

  private static final Duration USUAL_TIME = Duration.ofSeconds(30);
  private static final int USUAL_BYTES = 1 << 20;
  private static final String JSON = "application/json";

  private final String method;
  private final Object url;
  private final Parts parts;

  private Http(String method, Object url, Parts parts) {
    this.method = method;
    this.url = url;
    this.parts = parts;
  }

  private record Parts(
      Map<String, Object> headers,
      @Nullable Object body,
      @Nullable String contentType,
      List<Integer> expect,
      @Nullable Class<?> result,
      Duration within,
      int atMostBytes) {

    private static final Parts NONE =
        new Parts(Map.of(), null, null, List.of(), null, USUAL_TIME, USUAL_BYTES);

    Parts body(Object given, String type) {
      return new Parts(headers, given, type, expect, result, within, atMostBytes);
    }
  }

  /**
   * Reads.
   *
   * @param url a text, a {@link Param}, or a {@link Secret} where whoever knows it may write
   */
  public static Http<Integer> get(Object url) {
    return request("GET", url);
  }

  /** Posts. The URL is as in {@link #get}. */
  public static Http<Integer> post(Object url) {
    return request("POST", url);
  }

  /** Puts. The URL is as in {@link #get}. */
  public static Http<Integer> put(Object url) {
    return request("PUT", url);
  }

  /** Deletes. The URL is as in {@link #get}. */
  public static Http<Integer> delete(Object url) {
    return request("DELETE", url);
  }

  /** Any other method. The URL is as in {@link #get}. */
  public static Http<Integer> request(String method, Object url) {
    return new Http<>(method.toUpperCase(Locale.ROOT), url, Parts.NONE);
  }

  /**
   * Sends JSON: the result of a stage; a {@link Map}, whose values are texts, numbers, truths,
   * params, secrets, stages or maps; or a text that is JSON already.
   */
  public Http<T> json(Object body) {
    return new Http<>(method, url, parts.body(body, JSON));
  }

  /** Sends a text: one that is written here, a {@link Param} or a {@link Secret}. */
  public Http<T> text(Object body, String contentType) {
    return new Http<>(method, url, parts.body(body, contentType));
  }

  /** Sets a header to a text, a {@link Param} or a {@link Secret}. */
  public Http<T> header(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(parts.headers());
    more.put(name, value);
    return new Http<>(
        method,
        url,
        new Parts(
            more,
            parts.body(),
            parts.contentType(),
            parts.expect(),
            parts.result(),
            parts.within(),
            parts.atMostBytes()));
  }

  /** The statuses that count as success: 200 to 299 without it. */
  public Http<T> expect(int... statuses) {
    return new Http<>(
        method,
        url,
        new Parts(
            parts.headers(),
            parts.body(),
            parts.contentType(),
            Arrays.stream(statuses).boxed().toList(),
            parts.result(),
            parts.within(),
            parts.atMostBytes()));
  }

  /** Reads the answer, JSON, as this record. */
  public <R> Http<R> result(Class<R> type) {
    return new Http<>(
        method,
        url,
        new Parts(
            parts.headers(),
            parts.body(),
            parts.contentType(),
            parts.expect(),
            type,
            parts.within(),
            parts.atMostBytes()));
  }

  /** How long one request may take, its answer included. 30 s without it. */
  public Http<T> within(Duration time) {
    return new Http<>(
        method,
        url,
        new Parts(
            parts.headers(),
            parts.body(),
            parts.contentType(),
            parts.expect(),
            parts.result(),
            time,
            parts.atMostBytes()));
  }

  List<Stage<?>> stages() {
    return Values.stages(values()).toList();
  }

  List<Param<?>> params() {
    return Values.params(values()).toList();
  }

  private Collection<Object> values() {
    List<Object> values = new ArrayList<>(parts.headers().values());
    values.add(url);
    if (parts.body() != null) {
      values.add(parts.body());
    }
    return values;
  }

  @Nullable HttpSpec spec(Findings findings) {
    if (url instanceof String text) {
      checkUrl(text, findings);
    }
    if (parts.within().compareTo(Duration.ofMillis(1)) < 0) {
      findings.add(
          "The request may take %s.".formatted(parts.within()), "Give it a millisecond at least.");
    }
    checkStatuses(findings);
    ValueSpec where = Values.spec(url, Form.JSON, "The URL", findings).orElse(null);
    return where == null
        ? null
        : new HttpSpec(
            method,
            where,
            headers(findings),
            body(findings),
            parts.contentType(),
            parts.expect(),
            ResultTypes.name(parts.result(), findings),
            parts.within(),
            parts.atMostBytes());
  }

  private void checkStatuses(Findings findings) {
    for (int status : parts.expect()) {
      if (status < 100 || status > 599) {
        findings.add("%d is no status of HTTP.".formatted(status), "Name one from 100 to 599.");
      }
    }
  }

  private SortedMap<String, ValueSpec> headers(Findings findings) {
    SortedMap<String, ValueSpec> specs = new TreeMap<>();
    parts
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                findings.add(
                    "'%s' is no name for a header.".formatted(name),
                    "Use letters, digits and hyphens.");
              }
              Values.spec(value, Form.JSON, "The header " + name, findings)
                  .ifPresent(spec -> specs.put(name, spec));
            });
    return specs;
  }

  private @Nullable ValueSpec body(Findings findings) {
    Object body = parts.body();
    if (body == null) {
      return null;
    }
    return (body instanceof Map<?, ?>
            ? Values.json(body, "The body", findings)
            : Values.spec(body, Form.JSON, "The body", findings))
        .orElse(null);
  }

  private static void checkUrl(String text, Findings findings) {
    String problem = "'%s' is no URL of a server.".formatted(text);
    String hint = "Write it whole: https://hooks.example.org/models.";
    try {
      URI uri = URI.create(text);
      boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!isHttp || uri.getHost() == null) {
        findings.add(problem, hint);
      } else if (uri.getUserInfo() != null) {
        findings.add(
            "The URL of %s holds a password.".formatted(uri.getHost()),
            "Give it as a header: .header(\"Authorization\", Secret.named(…)).");
      }
    } catch (IllegalArgumentException e) {
      findings.add(problem, hint);
    }
  }
}
