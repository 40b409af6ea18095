package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    description = "Makes, lists and revokes tokens by which programs act in a person's name.",
    subcommands = {
      TokenCommand.Create.class,
      TokenCommand.ListTokens.class,
      TokenCommand.Revoke.class
    })
final class TokenCommand extends Subcommand {

  @Override
  void run() {
    throw CommandException.wrongUse(
        "Say what to do with tokens: airlock token create NAME, airlock token list, or airlock token revoke NUMBER.");
  }

  /** Makes one. */
  @Command(name = "create", description = "Makes a token and prints it, once.")
  static final class Create extends Subcommand {

    @Parameters(paramLabel = "NAME", description = "What it is for.")
    String name = "";

    @Option(names = "--as", paramLabel = "USER", description = "Whose token it is.")
    String user = ENGINEER;

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        split = ",",
        description =
            "What it is good for, such as read or start; all that its owner may where left out.")
    List<String> scopes = new ArrayList<>();

    @Option(
        names = "--days",
        paramLabel = "N",
        description = "When it expires; never where left out.")
    @Nullable Integer days;

    @Option(names = "--json", description = "Prints the server's answer as JSON.")
    boolean json;

    @Override
    void run() {
      Map<String, Object> wish = new LinkedHashMap<>();
      wish.put("name", name);
      wish.put("scopes", scopes);
      if (days != null) {
        wish.put("expiresInDays", days);
      }
      JsonNode made = Api.as(home(), user).post("/tokens", wish);
      print(json ? made.toPrettyString() : made.path("token").asText());
    }
  }

  /** Lists them. */
  @Command(name = "list", description = "Lists tokens; never the tokens themselves.")
  static final class ListTokens extends ListCommand {

    @Option(names = "--as", paramLabel = "USER", description = "Whose tokens.")
    String user = ENGINEER;

    @Option(names = "--all", description = "Those of all people; for admins.")
    boolean all;

    @Override
    Api api() {
      return Api.as(home(), user);
    }

    @Override
    String path() {
      return "/tokens?limit=500" + (all ? "&of=all" : "");
    }

    @Override
    Table table() {
      return new Table("NUMBER", "OWNER", "NAME", "GOOD FOR", "EXPIRES", "LAST USED", "REVOKED");
    }

    @Override
    void add(Table table, JsonNode item) {
      StringJoiner scopes = new StringJoiner(", ");
      item.path("scopes").forEach(scope -> scopes.add(scope.asText()));
      table.add(
          text(item, "id"),
          text(item, "person"),
          text(item, "name"),
          item.path("scopes").isArray() ? scopes.toString() : "everything",
          item.path("expiresAt").isNull() ? "never" : moment(item, "expiresAt"),
          item.path("lastUsedAt").isNull() ? "never" : moment(item, "lastUsedAt"),
          item.path("revokedAt").isNull() ? "" : moment(item, "revokedAt"));
    }
  }

  /** Revokes one. */
  @Command(name = "revoke", description = "Revokes a token: it is refused from then on.")
  static final class Revoke extends Subcommand {

    @Parameters(paramLabel = "NUMBER", description = "As `airlock token list` shows it.")
    long number;

    @Option(names = "--as", paramLabel = "USER", description = "Its owner, or an admin.")
    String user = ENGINEER;

    @Override
    void run() {
      Api.as(home(), user).post("/tokens/" + number + "/revoke", Map.of());
      print("Revoked.");
    }
  }
}
