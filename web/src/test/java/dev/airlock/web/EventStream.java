package dev.airlock.web;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stream of server-sent events that is being read. */
final class EventStream {

  /** Of the lines of one that does not end as it should. */
  private static final int MOST_SHOWN = 100;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> end;

  private EventStream(Http reader, HttpRequest request) {
    end =
        reader
            .client()
            .sendAsync(request, HttpResponse.BodyHandlers.ofLines())
            .thenAccept(response -> response.body().forEach(lines::add));
  }

  static EventStream open(Http reader, String path) {
    return new EventStream(reader, request(reader, path).build());
  }

  /** As a browser does whose stream broke off. */
  static EventStream openAfter(String lastEventId, Http reader, String path) {
    return new EventStream(
        reader, request(reader, path).header("Last-Event-ID", lastEventId).build());
  }

  private static HttpRequest.Builder request(Http reader, String path) {
    return reader.request(path).header("Accept", "text/event-stream").GET();
  }

  boolean says(String words) {
    return lines.stream().anyMatch(line -> line.contains(words));
  }

  List<String> ids() {
    return fields("id:");
  }

  boolean hasEvent(String name) {
    return fields("event:").contains(name);
  }

  boolean isOpen() {
    return !end.isDone();
  }

  /** Fails with what it said last where it goes on, or was broken off. */
  void awaitEnd() {
    try {
      end.get(20, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      List<String> last = lines.subList(Math.max(0, lines.size() - MOST_SHOWN), lines.size());
      throw new AssertionError("The stream has not ended after 20 s, or not well: " + last, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private List<String> fields(String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .toList();
  }

  @Override
  public String toString() {
    return lines.toString();
  }
}
