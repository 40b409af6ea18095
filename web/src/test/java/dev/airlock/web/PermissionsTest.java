package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Role;
import dev.airlock.web.http.Permission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the guide's table of permissions against the table of routes, and against what the server
 * answers to each role on each route. After a wanted change, {@code -Dairlock.golden=write} writes
 * the guide's table anew: its diff is what a reviewer looks at.
 */
final class PermissionsTest {
  private static final Path GUIDE = Path.of("../docs/guide/permissions.md");
  private static final String BEGIN = "<!-- begin: out of the table of routes -->\n";
  private static final String END = "<!-- end -->\n";
  private static final String YES = "yes";
  private static final String NO = "–";

  private static WebFixture web;

  /** What the guide says of a route: who may use it, in the order of the columns. */
  private record Row(String method, String path, String needs, Map<String, Boolean> allowed) {
    private static final List<String> COLUMNS =
        List.of("nobody", "viewer", "engineer", "approver", "admin");

    static Row of(RouteTable.Route route) {
      Map<String, Boolean> allowed = new LinkedHashMap<>();
      allowed.put("nobody", route.permission() == Permission.ANYONE);
      Arrays.stream(Role.values())
          .forEach(role -> allowed.put(role.word(), route.permission().isOf(role)));
      return new Row(route.method().toString(), route.path(), route.permission().word(), allowed);
    }

    static Row read(String line) {
      List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
      String[] route = cells.get(1).replace("`", "").split(" ", 2);
      Map<String, Boolean> allowed = new LinkedHashMap<>();
      for (int column = 0; column < COLUMNS.size(); column++) {
        allowed.put(COLUMNS.get(column), cells.get(3 + column).equals(YES));
      }
      return new Row(route[0], route[1], cells.get(2), allowed);
    }

    String line() {
      return "| `%s %s` | %s | %s |\n"
          .formatted(
              method,
              path,
              needs,
              allowed.values().stream()
                  .map(isAllowed -> isAllowed ? YES : NO)
                  .collect(Collectors.joining(" | ")));
    }
  }

  @BeforeAll
  static void start() {
    web = WebFixture.start();
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void shouldServeNothingBesideTheTable() {
    assertEquals(
        web.server.routes().stream()
            .map(RouteTable.Route::name)
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(web.server.served()));
  }

  @Test
  void shouldSayInTheGuideWhatTheRoutesTake() {
    String table =
        "| route | takes | %s |\n|%s\n"
                .formatted(String.join(" | ", Row.COLUMNS), "---|".repeat(2 + Row.COLUMNS.size()))
            + web.server.routes().stream()
                .map(Row::of)
                .sorted(Comparator.comparing(Row::path).thenComparing(Row::method))
                .map(Row::line)
                .collect(Collectors.joining());
    String guide = guide();
    if ("write".equals(System.getProperty("airlock.golden"))) {
      write(
          guide.substring(0, guide.indexOf(BEGIN) + BEGIN.length())
              + table
              + guide.substring(guide.indexOf(END)));
    }
    assertEquals(table, tableOf(guide()), "docs/guide/permissions.md is not what is served");
  }

  @Test
  void shouldLetThroughExactlyWhomTheGuideNames() {
    List<String> faults = new ArrayList<>();
    List<Row> rows = tableOf(guide()).lines().skip(2).map(Row::read).toList();
    rows.forEach(
        row ->
            row.allowed()
                .forEach(
                    (who, isAllowed) -> {
                      Http.Answer answer = call(row, who);
                      if (isLetThrough(answer) != isAllowed) {
                        faults.add(
                            "%s: %s %s answered %d"
                                .formatted(who, row.method(), row.path(), answer.status()));
                      }
                    }));
    assertTrue(rows.size() > 100, "The guide names " + rows.size() + " routes only");
    assertEquals(List.of(), faults);
  }

  private static Http.Answer call(Row row, String who) {
    String path = row.path().replaceAll("\\{[^}]*}", "0");
    Http client = web.client(who.equals("nobody") ? "" : who);
    return row.method().equals("GET") ? client.get(path) : client.method(row.method(), path, "{");
  }

  /**
   * Whether the guard was passed: what the route itself makes of a call without sense is its own.
   */
  private static boolean isLetThrough(Http.Answer answer) {
    boolean isStranger =
        answer.body().contains("Sign in first, or send")
            || answer.header("Location").startsWith("/sign-in?then=");
    boolean isRefused = answer.status() == 403 && answer.body().contains("; this takes ");
    return !isStranger && !isRefused;
  }

  private static String tableOf(String guide) {
    return guide.substring(guide.indexOf(BEGIN) + BEGIN.length(), guide.indexOf(END));
  }

  private static String guide() {
    try {
      return Files.readString(GUIDE);
    } catch (IOException e) {
      throw new UncheckedIOException("The guide's table of permissions", e);
    }
  }

  private static void write(String text) {
    try {
      Files.writeString(GUIDE, text);
    } catch (IOException e) {
      throw new UncheckedIOException("The guide's table of permissions", e);
    }
  }
}
