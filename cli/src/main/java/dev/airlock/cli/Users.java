package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.airlock.local.Home;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The people of a system on one machine, a file each. */
final class Users {

  private static final List<String> NAMES = List.of("engineer", "approver", "admin");

  private Users() {}

  /** A person with the password that signs in to the pages. */
  record Account(String name, String password) {}

  /** Makes the files that are missing, with random secrets; answers those that it made. */
  static List<Account> ensure(Home home, URI url) {
    List<Account> made = new ArrayList<>();
    for (String name : NAMES) {
      Path file = home.users().resolve(name + ".json");
      if (Files.exists(file)) {
        move(file, url);
      } else {
        made.add(make(file, name, url));
      }
    }
    return made;
  }

  private static Account make(Path file, String name, URI url) {
    Account account = new Account(name, Home.randomSecret());
    ObjectNode user =
        Api.JSON
            .createObjectNode()
            .put("url", url.toString())
            .put("name", name)
            .put("role", name)
            .put("password", account.password())
            .put("token", Home.randomSecret());
    Home.writePrivately(file, user.toPrettyString() + "\n");
    return account;
  }

  private static void move(Path file, URI url) {
    JsonNode user = Api.account(file);
    if (user instanceof ObjectNode known && !known.path("url").asText().equals(url.toString())) {
      Home.writePrivately(file, known.put("url", url.toString()).toPrettyString() + "\n");
    }
  }
}
