package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Acting;
import dev.airlock.store.Membership.NewToken;
import dev.airlock.store.Origin;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A stream lasts no longer than the right to read it. */
final class StreamRightsTest {
  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.over(PostgresServer.temporary());
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldEndWithTheSessionTheTokenOrThePerson() {
    String name = WebFixture.freshName("rights");
    web.scene.publish(name);
    Scene.Play play = web.scene.play(web.scene.request(name));
    play.begin("orders", StageState.RUNNING);
    play.flush(RunState.RUNNING);
    String events = "/api/v1/runs/%d/events".formatted(play.run.id());

    Http browser = web.signedIn("approver");
    NewToken token =
        web.store
            .membership()
            .createToken("brief", null, null, Acting.within("engineer", Origin.Channel.API));
    EventStream ofSession = EventStream.open(browser, events);
    EventStream ofPage = EventStream.open(browser, "/events?topics=runs&since=x");
    EventStream ofToken = EventStream.open(web.token(token.secret()), events);
    EventStream ofPerson = EventStream.open(web.client("bob"), events);
    EventStream ofOther = EventStream.open(web.client("viewer"), events);
    List<EventStream> lost = List.of(ofSession, ofPage, ofToken, ofPerson);
    for (EventStream stream : lost) {
      WebFixture.await("it is open", () -> !stream.ids().isEmpty());
    }

    assertEquals(
        303, browser.form("/sign-out", Map.of("csrf", browser.get("/settings").csrf())).status());
    web.store.membership().revokeToken(token.id(), Acting.within("engineer", Origin.Channel.API));
    web.store.membership().disable("bob", true, Acting.within("admin", Origin.Channel.WEB));

    for (EventStream stream : lost) {
      stream.awaitEnd();
      assertTrue(stream.hasEvent("signed-out"), stream::toString);
    }
    play.begin("orders-ok", StageState.QUEUED);
    play.flush(RunState.RUNNING);
    WebFixture.await("others go on", () -> ofOther.ids().equals(List.of("1", "2")));
    assertFalse(ofOther.hasEvent("signed-out"));
    play.close(RunState.CANCELLED, null);
  }
}
