package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class EventsTest {
  private static WebFixture web;
  private static Scene.Play play;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    String name = WebFixture.freshName("events");
    web.scene.publish(name);
    play = web.scene.play(web.scene.request(name));
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  /** A stream that is being read. */
  private static final class Stream {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> end;

    Stream(String lastEventId) {
      Http viewer = web.client("viewer");
      var request =
          viewer
              .request("/api/v1/runs/" + play.run.id() + "/events")
              .header("Accept", "text/event-stream");
      if (!lastEventId.isEmpty()) {
        request.header("Last-Event-ID", lastEventId);
      }
      end =
          viewer
              .client()
              .sendAsync(request.GET().build(), HttpResponse.BodyHandlers.ofLines())
              .thenAccept(response -> response.body().forEach(lines::add));
    }

    List<String> ids() {
      return lines.stream()
          .filter(line -> line.startsWith("id:"))
          .map(l -> l.substring(3).strip())
          .toList();
    }
  }

  @Test
  void shouldSendEachChangeOnceAndGoOnWhereAStreamBrokeOff() {
    Stream stream = new Stream("");
    WebFixture.await(
        "the stream is open", () -> stream.lines.stream().anyMatch(l -> l.contains("queued")));
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    WebFixture.await("the first change arrives", () -> stream.ids().equals(List.of("1")));

    play.begin("orders-ok", StageState.QUEUED);
    play.flush(RunState.RUNNING);
    WebFixture.await("the second change arrives", () -> stream.ids().equals(List.of("1", "2")));

    Stream later = new Stream("1");
    WebFixture.await("only what is new arrives", () -> later.ids().equals(List.of("2")));

    play.close(RunState.CANCELLED, null);
    stream.end.join();
    later.end.join();
    assertTrue(
        stream.lines.stream().anyMatch(line -> line.contains("\"cancelled\"")),
        stream.lines.toString());
    assertEquals(List.of("1", "2"), stream.ids());

    var list =
        web.client("viewer").get("/api/v1/runs/%d/events?after=1".formatted(play.run.id())).json();
    assertEquals(1, list.path("items").size());
  }
}
