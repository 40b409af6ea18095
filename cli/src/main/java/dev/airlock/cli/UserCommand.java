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
    name = "user",
    description = "Makes, lists and changes people.",
    subcommands = {
      UserCommand.ListUsers.class,
      UserCommand.Add.class,
      UserCommand.Change.class,
      UserCommand.Disable.class,
      UserCommand.Enable.class,
      UserCommand.Reset.class,
      UserCommand.Email.class,
      UserCommand.Confirm.class,
      UserCommand.Refuse.class
    })
final class UserCommand extends Subcommand {
  private static final String ADMIN = "admin";

  @Override
  void run() {
    throw CommandException.wrongUse(
        "Say what to do with people: airlock user list, add NAME, change NAME, disable NAME, enable NAME, reset NAME, email ADDRESS, confirm NAME or refuse NAME.");
  }

  /** What those that act on one person share. */
  abstract static class OnePerson extends Subcommand {

    @Parameters(paramLabel = "NAME", description = "The person.")
    String name = "";

    @Option(names = "--as", paramLabel = "USER", description = "Who does it; admin where left out.")
    String user = ADMIN;

    final Api asUser() {
      return Api.as(home(), user);
    }

    final String path() {
      return "/people/" + Api.encoded(name);
    }

    /** Says how the person stands. */
    final void tell(JsonNode person) {
      print(
          "%s is %s%s."
              .formatted(
                  person.path("name").asText(),
                  person.path("role").asText(),
                  person.path("disabledAt").isNull() ? "" : " and disabled"));
      JsonNode proposal = person.path("proposal");
      if (proposal.isObject()) {
        print(waits(person.path("name").asText(), person.path("mustChange").asBoolean(), proposal));
      }
    }
  }

  private static String waits(String name, boolean mustChange, JsonNode proposal) {
    StringJoiner confirmers = new StringJoiner(" or ");
    proposal.path("confirmers").forEach(other -> confirmers.add(other.asText()));
    if (proposal.path("confirmers").isArray() && confirmers.length() == 0) {
      return "To be %s, but nobody can confirm it: put a new file users/NAME.json with the role approver or admin on the server and start the system again; whoever it makes can."
          .formatted(proposal.path("role").asText());
    }
    return "To be %s as soon as %s%s confirms it: airlock user confirm %s --as USER"
        .formatted(
            proposal.path("role").asText(),
            mustChange ? "%s has signed in and chosen a password, and ".formatted(name) : "",
            confirmers.length() == 0 ? "another approver or admin" : confirmers.toString(),
            name);
  }

  /** What those share that may leave nobody who could confirm who decides. */
  abstract static class Risky extends OnePerson {

    @Option(
        names = "--even-if-last",
        description = "Do it though nobody could confirm after it who is to decide.")
    boolean evenIfLast;
  }

  /** Lists them. */
  @Command(name = "list", description = "Lists people, their roles and teams.")
  static final class ListUsers extends ListCommand {

    @Override
    String path() {
      return "/people?limit=500";
    }

    @Override
    Table table() {
      return new Table("NAME", "ROLE", "TEAMS", "STATE", "LAST SEEN", "TO BE CONFIRMED");
    }

    @Override
    void add(Table table, JsonNode item) {
      StringJoiner teams = new StringJoiner(", ");
      item.path("teams").forEach(team -> teams.add(team.asText()));
      table.add(
          text(item, "name"),
          text(item, "role"),
          teams.toString(),
          item.path("disabledAt").isNull() ? "active" : "disabled",
          item.path("lastSeenAt").isNull() ? "never" : moment(item, "lastSeenAt"),
          item.path("proposal").path("role").asText(""));
    }
  }

  /** Makes one. */
  @Command(name = "add", description = "Makes a person; prints a password for the first sign-in.")
  static final class Add extends OnePerson {

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "viewer, engineer, approver or admin; viewer where left out.")
    String role = "viewer";

    @Option(names = "--team", paramLabel = "TEAM", split = ",", description = "Their teams.")
    List<String> teams = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "R", description = "Why.")
    String reason = "";

    @Override
    void run() {
      JsonNode made =
          asUser()
              .post(
                  "/people", Map.of("name", name, "role", role, "teams", teams, "reason", reason));
      tell(made.path("person"));
      print("Password for the first sign-in: " + made.path("password").asText());
    }
  }

  /** Changes one. */
  @Command(name = "change", description = "Gives a person another role, or other teams.")
  static final class Change extends Risky {

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "The role; as it is where left out.")
    @Nullable String role;

    @Option(
        names = "--team",
        paramLabel = "TEAM",
        split = ",",
        description = "All their teams, '' for none; as they are where left out.")
    @Nullable List<String> teams;

    @Option(names = "--reason", paramLabel = "R", description = "Why.")
    String reason = "";

    @Override
    void run() {
      Map<String, Object> wish = new LinkedHashMap<>();
      wish.put("reason", reason);
      if (evenIfLast) {
        wish.put("evenIfLast", true);
      }
      if (role != null) {
        wish.put("role", role);
      }
      if (teams != null) {
        wish.put("teams", teams.stream().filter(team -> !team.isBlank()).toList());
      }
      tell(asUser().patch(path(), wish));
    }
  }

  /** Shuts one out. */
  @Command(name = "disable", description = "Shuts a person out: sessions, tokens, votes.")
  static final class Disable extends Risky {

    @Override
    void run() {
      tell(asUser().patch(path(), Map.of("disabled", true, "evenIfLast", evenIfLast)));
    }
  }

  /** Lets one in again. */
  @Command(name = "enable", description = "Lets a person in again.")
  static final class Enable extends OnePerson {

    @Override
    void run() {
      tell(asUser().patch(path(), Map.of("disabled", false)));
    }
  }

  /** Gives one another password. */
  @Command(name = "reset", description = "Prints a password for the first sign-in, good for a day.")
  static final class Reset extends Risky {

    @Override
    void run() {
      JsonNode made = asUser().post(path() + "/password", Map.of("evenIfLast", evenIfLast));
      tell(made.path("person"));
      print("Password for the first sign-in: " + made.path("password").asText());
    }
  }

  /** Says where one is written to. */
  @Command(name = "email", description = "Says where one is written to about approvals.")
  static final class Email extends Subcommand {

    @Parameters(
        paramLabel = "ADDRESS",
        arity = "0..1",
        description = "The address, '' for no mail; left out, it is shown as it is.")
    @Nullable String address;

    @Option(names = "--as", paramLabel = "USER", description = "Whose address.", required = true)
    String user = "";

    @Override
    void run() {
      Api api = Api.as(home(), user);
      String path = "/account/email";
      JsonNode answer = address == null ? api.get(path) : api.put(path, Map.of("email", address));
      print(
          answer.path("email").isNull()
              ? user + " gets no mail."
              : "%s is written to at %s.".formatted(user, answer.path("email").asText()));
    }
  }

  /** Confirms what somebody shall become. */
  @Command(name = "confirm", description = "Confirms a role that another has asked for.")
  static final class Confirm extends OnePerson {

    @Override
    void run() {
      settle(this, "confirm");
    }
  }

  /** Refuses it. */
  @Command(name = "refuse", description = "Refuses a role that another has asked for.")
  static final class Refuse extends OnePerson {

    @Override
    void run() {
      settle(this, "refuse");
    }
  }

  private static void settle(OnePerson command, String word) {
    Api api = command.asUser();
    JsonNode proposal = api.get(command.path()).path("proposal");
    if (!proposal.isObject()) {
      throw CommandException.failed(
          "Nothing is asked for %s that could be settled.".formatted(command.name));
    }
    api.post("/proposals/" + proposal.path("id").asText() + "/" + word, Map.of());
    command.tell(api.get(command.path()));
  }
}
