package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.util.List;
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

  private static String path() {
    return "/api/v1/runs/%d/events".formatted(play.run.id());
  }

  @Test
  void shouldSendEachChangeOnceAndGoOnWhereAStreamBrokeOff() {
    Http viewer = web.client("viewer");
    // Whoever comes first, with a number that there is not yet, takes nothing from the others.
    EventStream ahead = EventStream.openAfter("2000000000", viewer, path());
    WebFixture.await("the first stream is open", () -> ahead.says("queued"));
    EventStream stream = EventStream.open(viewer, path());
    WebFixture.await("the stream is open", () -> stream.says("queued"));
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    WebFixture.await("the first change arrives", () -> stream.ids().equals(List.of("1")));

    play.begin("orders-ok", StageState.QUEUED);
    play.flush(RunState.RUNNING);
    WebFixture.await("the second change arrives", () -> stream.ids().equals(List.of("1", "2")));

    EventStream later = EventStream.openAfter("1", viewer, path());
    WebFixture.await("only what is new arrives", () -> later.ids().equals(List.of("2")));

    play.close(RunState.CANCELLED, null);
    stream.awaitEnd();
    ahead.awaitEnd();
    assertEquals(List.of("1", "2"), ahead.ids());
    later.awaitEnd();
    assertTrue(stream.says("\"cancelled\""), stream::toString);
    assertEquals(List.of("1", "2"), stream.ids());

    assertEquals(1, viewer.get(path() + "?after=1").json().path("items").size());
    JsonNode first = viewer.get(path() + "?limit=1").json();
    assertEquals(1, first.path("items").path(0).path("sequence").asInt());
    JsonNode rest = viewer.get(path() + "?limit=1&cursor=" + first.path("next").asText()).json();
    assertEquals(2, rest.path("items").path(0).path("sequence").asInt());
    assertTrue(rest.path("next").isNull(), rest::toString);
    assertEquals(400, viewer.get(path() + "?cursor=none").status());
  }
}
