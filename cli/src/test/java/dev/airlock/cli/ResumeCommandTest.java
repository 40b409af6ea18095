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

final class ResumeCommandTest {

  private static final String PLAN =
      """
      {"run":41,"notes":["Version 4 takes no param 'colour' any more; its value red is left out."],
       "plan":{"stages":[
         {"stage":"orders","action":"reuse","why":"it succeeded in run 40"},
         {"stage":"features","action":"run","why":"param horizon-days changed from 90 to 60"}]}}
      """;

  private final Server server = new Server();
  private final Home home;

  ResumeCommandTest(@TempDir Path folder) throws IOException {
    this.home = server.home(folder.resolve("home"));
    server.answers("POST /runs/41/resume/plan", 200, PLAN);
    server.answers("POST /runs/41/resume", 201, "{\"id\":43,\"parent\":41,\"isNew\":true}");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void shouldShowThePlanAndStartNothingWhenOnlyThePlanIsAsked() {
    Called called = server.airlock(home, "resume", "41", "--plan");

    assertEquals(
        List.of(
            "  orders    reuse     it succeeded in run 40",
            "  features  run       param horizon-days changed from 90 to 60",
            "Version 4 takes no param 'colour' any more; its value red is left out."),
        called.out().lines().toList());
    assertEquals(1, server.requests().size());
  }

  @Test
  void shouldShowThePlanBeforeItStartsAndThenTheNewRun() {
    Called called =
        server.airlock(
            home, "resume", "41", "--from", "features", "--code", "latest", "--key", "k");

    assertEquals(0, called.exit());
    assertTrue(called.out().contains("Run 43 resumes run 41"), called::out);
    assertTrue(called.out().indexOf("features") < called.out().indexOf("Run 43"), called::out);
    String asked = server.requests().get(1);
    assertTrue(asked.contains("\"from\":[\"features\"]"), asked);
    assertTrue(asked.contains("\"code\":\"latest\""), asked);
    assertTrue(asked.contains("\"idempotencyKey\":\"k\""), asked);
  }

  @Test
  void shouldSayWhyNot() {
    Called called = server.airlock(home, "resume", "7");

    assertEquals(1, called.exit());
  }
}
