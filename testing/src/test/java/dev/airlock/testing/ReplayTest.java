package dev.airlock.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplayTest {

  private static final Path RECORDED =
      Path.of("..", "workflows", "src", "test", "resources", "histories", "run-live.json");

  private static final Replay REPLAY = new Replay();

  @AfterAll
  static void end() {
    REPLAY.close();
  }

  @Test
  void shouldDecideTheSameWhenNothingHasChanged() throws IOException {
    Replay.Outcome outcome = REPLAY.of(Files.readString(RECORDED));

    assertEquals("PipelineWorkflow", outcome.workflow());
    assertTrue(outcome.events() > 50, outcome::toString);
    assertEquals(Optional.empty(), outcome.difference());
  }

  @Test
  void shouldNameTheDifferenceWhenTodayDecidesOtherwise() throws IOException {
    String difference = REPLAY.of(otherwise()).difference().orElseThrow();

    assertTrue(difference.contains("Transform") && difference.contains("Validate"), difference);
  }

  @Test
  void shouldSayWhatIsExpectedWhenTheTextIsNoHistory() {
    for (String text : List.of("", "{", "{}", "[]", "{\"events\":[]}", "{\"events\":[{}]}")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> REPLAY.of(text), text);
      assertTrue(e.toString().contains(": It is no history of a workflow."), e::toString);
    }
  }

  @Test
  void shouldSayOfEachFileHowItWent(@TempDir Path folder) throws IOException {
    Path other = Files.writeString(folder.resolve("other.json"), otherwise());
    Path nothing = folder.resolve("nothing.json");

    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertEquals(0, ReplayMain.replay(List.of(RECORDED.toString()), out));
    assertEquals(1, ReplayMain.replay(List.of(RECORDED.toString(), other.toString()), out));
    assertEquals(2, ReplayMain.replay(List.of(other.toString(), nothing.toString()), out));
    assertEquals(2, ReplayMain.replay(List.of(), out));

    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("✓ run-live (PipelineWorkflow, "), text);
    assertTrue(text.contains("✗ other (PipelineWorkflow, "), text);
    assertTrue(text.contains("✗ There is no file " + nothing), text);
  }

  private static String otherwise() throws IOException {
    return Files.readString(RECORDED).replace("\"Validate\"", "\"Transform\"");
  }
}
