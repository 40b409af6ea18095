package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "policy",
    description = "Signs a policy for a pipeline's approval, or revokes one with --revoke.")
final class PolicyCommand extends Subcommand {

  private static final Pattern BOUND = Pattern.compile("([a-z_]+)(>=|<=)(-?[0-9.eE+-]+)");

  /** Beside the champion, by at most so much worse. */
  private static final Pattern BESIDE =
      Pattern.compile(
          "([a-z_]+)(?:(>=)champion(?:-([0-9.eE-]+))?|(<=)champion(?:\\+([0-9.eE-]+))?)");

  @Parameters(paramLabel = "PIPELINE")
  String pipeline = "";

  @Option(
      names = "--as",
      required = true,
      paramLabel = "USER",
      description = "Who signs; that user's own token file is read.")
  String user = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Option(names = "--stage", paramLabel = "STAGE", description = "The approval that it votes on.")
  String stage = "";

  @Option(
      names = "--bound",
      paramLabel = "METRIC>=X",
      description =
          "A bound such as auc>=0.7, log_loss<=0.4, auc>=champion-0.01 or log_loss<=champion+0.002; may be repeated.")
  List<String> bounds = new ArrayList<>();

  @Option(names = "--rows", paramLabel = "N", description = "The fewest rows of the holdout.")
  long rows = 100;

  @Option(names = "--days", paramLabel = "N", description = "How long it holds; 92 at most.")
  int days = 30;

  @Option(names = "--revoke", paramLabel = "POLICY", description = "Takes this one back instead.")
  @Nullable Long revoke;

  @Override
  void run() {
    String path = "/pipelines/" + Api.encoded(pipeline) + "/policies";
    if (revoke != null) {
      Api.as(home(), user).post(path + "/" + revoke + "/revoke", Map.of("reason", reason));
      print("Policy %d is revoked: it votes no more.".formatted(revoke));
      return;
    }
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("stage", stage);
    wish.put("bounds", bounds.stream().map(PolicyCommand::bound).toList());
    wish.put("minimumRows", rows);
    wish.put("expiresAt", Instant.now().plus(Duration.ofDays(days)).minusSeconds(60).toString());
    wish.put("reason", reason);
    JsonNode signed = Api.as(home(), user).post(path, wish);
    print(
        "Policy %d is signed by %s for %s of version %d. It votes on approvals that open from now on."
            .formatted(
                signed.path("id").asLong(),
                signed.path("signedBy").asText(),
                signed.path("stage").asText(),
                signed.path("version").asInt()));
  }

  private static Map<String, Object> bound(String text) {
    Matcher alone = BOUND.matcher(text);
    if (alone.matches()) {
      return bound(
          text,
          alone.group(1),
          alone.group(2).equals(">=") ? "at-least" : "at-most",
          alone.group(3));
    }
    Matcher beside = BESIDE.matcher(text);
    if (beside.matches()) {
      boolean isAbove = beside.group(2) != null;
      String margin = beside.group(isAbove ? 3 : 5);
      return bound(
          text,
          beside.group(1),
          isAbove ? "not-below-champion-by" : "not-above-champion-by",
          margin == null ? "0" : margin);
    }
    throw CommandException.wrongUse(
        "--bound is '"
            + text
            + "', expected a metric, >= or <=, and a number, such as auc>=0.7, or what is live, such as auc>=champion-0.01");
  }

  private static Map<String, Object> bound(
      String text, String metric, String comparison, String number) {
    try {
      return Map.of("metric", metric, "comparison", comparison, "bound", Double.valueOf(number));
    } catch (NumberFormatException e) {
      throw CommandException.wrongUse("--bound " + text + ": " + number + " is no number.");
    }
  }
}
