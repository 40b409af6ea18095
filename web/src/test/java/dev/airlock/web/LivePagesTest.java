package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages hear of what they show. */
final class LivePagesTest {
  private static final Pattern SEEN =
      Pattern.compile("data-follow=\"([^\"]+)\" data-seen=\"([^\"]+)\"");

  private static WebFixture web;
  private static Http viewer;
  private static String name;

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    viewer = web.client("viewer");
    name = WebFixture.freshName("followed");
    web.scene.publish(name);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static Scene.Play play() {
    Scene.Play play = web.scene.play(web.scene.request(name));
    play.begin("orders", StageState.QUEUED);
    play.flush(RunState.RUNNING);
    return play;
  }

  private static EventStream follow(String page) {
    Matcher matcher = SEEN.matcher(viewer.get(page).body());
    assertTrue(matcher.find(), page + " follows nothing");
    return EventStream.open(
        viewer, "/events?topics=%s&since=%s".formatted(matcher.group(1), matcher.group(2)));
  }

  /**
   * Everything that was committed before has been told: PostgreSQL tells in the order of commits,
   * and this change was the last.
   */
  private static void awaitEarlierNews() {
    Scene.Play last = play();
    EventStream stream = follow("/runs/" + last.run.id());
    last.begin("orders", StageState.WAITING);
    last.flush(RunState.RUNNING);
    WebFixture.await("the last change is told", () -> stream.hasEvent("changed"));
    last.close(RunState.CANCELLED, null);
  }

  @Test
  void shouldHearOfAChangeOfItsOwnRunAndOfNoOther() {
    Scene.Play own = play();
    Scene.Play other = play();
    awaitEarlierNews();
    EventStream stream = follow("/runs/" + own.run.id());
    WebFixture.await("the stream is open", () -> stream.hasEvent("beat"));

    other.begin("orders", StageState.WAITING);
    other.flush(RunState.RUNNING);
    awaitEarlierNews();
    assertFalse(stream.hasEvent("changed"), stream::toString);

    own.begin("orders", StageState.WAITING);
    own.flush(RunState.RUNNING);
    WebFixture.await("the change is told", () -> stream.hasEvent("changed"));
  }

  @Test
  void shouldMissNothingBetweenThePageAndItsStream() {
    Scene.Play play = play();
    awaitEarlierNews();
    Matcher matcher = SEEN.matcher(viewer.get("/runs/" + play.run.id()).body());
    assertTrue(matcher.find());

    play.begin("orders", StageState.WAITING);
    play.flush(RunState.RUNNING);
    awaitEarlierNews();
    String stream = "/events?topics=%s&since=".formatted(matcher.group(1));
    EventStream late = EventStream.open(viewer, stream + matcher.group(2));
    WebFixture.await("what happened meanwhile is told", () -> late.hasEvent("changed"));

    EventStream stranger = EventStream.open(viewer, stream + "another-process-12");
    WebFixture.await("a new process asks once more", () -> stranger.hasEvent("changed"));
  }

  @Test
  void shouldNotHoldOthersWhereSomebodyDoesNotRead() throws IOException {
    Scene.Play play = play();
    List<Socket> deaf = new ArrayList<>();
    String path = "/api/v1/runs/%d/events".formatted(play.run.id());
    for (int i = 0; i < 40; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), web.server.port());
      socket.setReceiveBufferSize(1_024);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer token of viewer\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.UTF_8));
      deaf.add(socket);
    }
    EventStream stream = EventStream.open(viewer, path);
    for (int i = 0; i < 2_000; i++) {
      play.begin("orders", i % 2 == 0 ? StageState.WAITING : StageState.QUEUED);
    }
    play.flush(RunState.RUNNING);
    WebFixture.await("whoever reads gets everything", () -> stream.ids().size() == 2_001);
    assertEquals(2_001, stream.ids().stream().distinct().count());
    for (Socket socket : deaf) {
      socket.close();
    }
  }

  @Test
  void shouldRefuseTopicsThatAreNone() {
    for (String topics : List.of("", "a%20b", "RUNS", "run:", "x,".repeat(30) + "x1")) {
      assertEquals(400, viewer.get("/events?topics=" + topics).status(), topics);
    }
    assertTrue(web.client("").get("/events?topics=runs").header("Location").startsWith("/sign-in"));
  }
}
