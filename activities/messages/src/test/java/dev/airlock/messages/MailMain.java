package dev.airlock.messages;

import dev.airlock.messages.MailServer.Security;
import java.time.Clock;
import java.util.Optional;

/** Sends one mail, in a JVM with a truststore of its own, and prints how that went. */
final class MailMain {
  static final String USER = "airlock";
  static final String PASSWORD = "the password";

  private MailMain() {}

  public static void main(String[] arguments) {
    MailServer server =
        new MailServer(
            "127.0.0.1",
            Integer.parseInt(arguments[0]),
            Security.valueOf(arguments[1]),
            Optional.of(USER),
            Optional.of(PASSWORD),
            "airlock@example.org");
    try {
      new MailPost(server, Clock.systemUTC())
          .send(new Letter("message-8@airlock.example.org", "ada@example.org", "For Ada", "Hello"));
      System.out.println("taken");
    } catch (UndeliveredException e) {
      System.out.println(e.getMessage());
    }
  }
}
