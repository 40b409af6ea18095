package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide's page of the API: its examples are run, and its example of an error is one. */
final class ApiGuideTest {
  private static final Path GUIDE = Path.of("../docs/guide/api.md");
  private static final Pattern COMMAND =
      Pattern.compile("curl -s (?:[^\\n]*\\\\\\n)*[^\\n]*", Pattern.MULTILINE);

  @Test
  void shouldAnswerEachExampleOfTheGuide() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "There is no curl here");
    try (WebFixture web = WebFixture.start()) {
      String pipeline = WebFixture.freshName("guide");
      web.scene.publish(pipeline);
      List<Integer> statuses = new ArrayList<>();
      for (String command : blocks("sh")) {
        Matcher each = COMMAND.matcher(command);
        while (each.find()) {
          statuses.add(status(web, pipeline, each.group()));
        }
      }
      assertEquals(List.of(200, 200, 200, 201, 404), statuses);
    }
  }

  private static int status(WebFixture web, String pipeline, String command)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", command.replaceFirst("-s", "-s -w '\\\\n%{http_code}'"));
    shell.environment().put("AIRLOCK", "http://127.0.0.1:" + web.server.port());
    shell.environment().put("TOKEN", "token of engineer");
    shell.environment().put("PIPELINE", pipeline);
    Process process = shell.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command);
    String body = out.substring(0, out.lastIndexOf('\n'));
    assertTrue(Json.read(body, JsonNode.class).isObject(), body);
    return Integer.parseInt(out.substring(out.lastIndexOf('\n') + 1).strip());
  }

  @Test
  void shouldShowAProblemAsTheDescriptionHasIt() throws IOException {
    assertEquals(List.of(), Contract.current().faults("Problem", blocks("json").get(0)));
  }

  private static List<String> blocks(String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(GUIDE));
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }
}
