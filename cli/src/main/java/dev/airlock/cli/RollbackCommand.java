package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rollback", description = "Goes back to a version that was live before.")
final class RollbackCommand extends Subcommand {

  @Parameters(paramLabel = "MODEL")
  String model = "";

  @Option(names = "--to", paramLabel = "VERSION", description = "The one before, unless named.")
  @Nullable Integer to;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Override
  void run() {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("to", to);
    wish.put("reason", reason);
    JsonNode answer = api().post("/models/" + Api.encoded(model) + "/rollback", wish);
    print(
        "%s: v%d is live. %s"
            .formatted(
                model,
                answer.path("live").path("version").asInt(),
                answer.path("detail").asText()));
  }
}
