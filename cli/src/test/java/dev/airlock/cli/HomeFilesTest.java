package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.local.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in a home: users, and which processes run. */
final class HomeFilesTest {

  private final Home home;

  HomeFilesTest(@TempDir Path folder) {
    home = new Home(folder);
  }

  @Test
  void shouldMakeEachUserOnceForTheirEyesOnly() throws IOException {
    List<Users.Account> made = Users.ensure(home, URI.create("http://127.0.0.1:1"));
    assertEquals(
        List.of("engineer", "approver", "admin"), made.stream().map(Users.Account::name).toList());
    JsonNode before = user("approver");
    assertEquals("approver", before.path("role").asText());
    assertNotEquals(user("engineer").path("token"), before.path("token"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(home.users().resolve("approver.json"))));

    assertEquals(List.of(), Users.ensure(home, URI.create("http://127.0.0.1:2")));
    JsonNode after = user("approver");
    assertEquals("http://127.0.0.1:2", after.path("url").asText());
    assertEquals(before.path("token"), after.path("token"));
    assertEquals(before.path("password"), after.path("password"));
  }

  private JsonNode user(String name) {
    return Api.parse(Home.read(home.users().resolve(name + ".json")));
  }

  @Test
  void shouldKnowARunningProcessFromALaterOneOfTheSameNumber() {
    StateFile.Entry mine = StateFile.Entry.of(ProcessHandle.current(), 7);
    StateFile file = StateFile.of(home);
    assertEquals(Optional.empty(), file.read());
    file.write(new StateFile.State(mine, "http://127.0.0.1:7", false, Map.of("web", mine)));

    StateFile.State read = file.read().orElseThrow();
    assertEquals(mine, read.processes().get("web"));
    assertTrue(read.up().process().isPresent());
    StateFile.Entry earlier = new StateFile.Entry(mine.pid(), 7, mine.startedAt() - 5_000);
    assertEquals(Optional.empty(), earlier.process());
  }
}
