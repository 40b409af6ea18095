package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WaitingCommandsTest {

  private final Server server = new Server();
  private final Home home;

  WaitingCommandsTest(@TempDir Path folder) throws IOException {
    this.home = server.home(folder.resolve("home"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Called airlock(String... arguments) {
    return server.airlock(home, arguments);
  }

  @Test
  void shouldSetPoolsAndListThem() {
    server.answers("PUT /pools/warehouse", 200, "{}");
    server.answers(
        "GET /pools",
        200,
        "{\"items\":[{\"name\":\"warehouse\",\"slots\":4,\"held\":3,\"waiting\":2}],\"next\":null}");

    Called called = airlock("pools", "--set", "warehouse=4");

    assertEquals(
        List.of("POOL       SLOTS  HELD  WAITING", "warehouse  4      3     2"),
        called.out().lines().toList(),
        called::err);
    assertTrue(server.requests().get(0).endsWith("{\"slots\":4}"), server.requests()::toString);
  }

  @Test
  void shouldTellOfAnEventAndWhomItHasReached() {
    server.answers(
        "POST /events/prices-in",
        201,
        "{\"id\":1,\"key\":\"monday\",\"isNew\":true,\"runs\":[7,9]}");

    Called called = airlock("event", "prices-in", "--key", "monday", "--payload", "{\"rows\": 7}");

    assertEquals(
        "Event prices-in, key monday, is recorded and goes to runs 7, 9.",
        called.out().strip(),
        called::err);
    assertTrue(
        server.requests().get(0).endsWith("{\"key\":\"monday\",\"payload\":{\"rows\":7}}"),
        server.requests()::toString);
  }

  @Test
  void shouldSayThatAnEventWasToldBefore() {
    server.answers(
        "POST /events/prices-in", 200, "{\"id\":1,\"key\":\"monday\",\"isNew\":false,\"runs\":[]}");

    assertEquals(
        "Event prices-in, key monday, was told before: nothing has changed.",
        airlock("event", "prices-in", "--key", "monday").out().strip());
  }

  @Test
  void shouldSayWhereThePayloadIsNoJson() {
    Called called = airlock("event", "prices-in", "--payload", "done");

    assertEquals(2, called.exit());
    assertTrue(called.err().startsWith("--payload is no JSON:"), called::err);
  }
}
