package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A page asks the database as often among thirty of each thing as among three: eight models, of
 * two.
 */
final class StatementsTest {
  /** More than any page needs; one that needs more should read more by each statement. */
  private static final int MOST = 40;

  /** A list that is cut may look once at what comes behind. */
  private static final int BEHIND = 1;

  @Test
  void shouldAskAsOftenHoweverManyThereAre() throws SQLException {
    PostgresServer postgres = PostgresServer.temporary();
    try (WebFixture web = WebFixture.counted(postgres)) {
      Plenty plenty = new Plenty(web, postgres);
      plenty.fill(new Plenty.Amount(2, 3, 3, 3, 3, 3, 3));
      Map<String, String> pages = plenty.pages();
      Map<String, List<String>> few = asked(web, pages);
      plenty.fill(new Plenty.Amount(6, 27, 27, 27, 27, 27, 27));

      List<String> faults = new ArrayList<>();
      asked(web, pages)
          .forEach(
              (page, many) -> {
                int before = few.getOrDefault(page, List.of()).size();
                if (many.size() > before + BEHIND || many.size() > MOST) {
                  List<String> more = new ArrayList<>(many);
                  few.getOrDefault(page, List.of()).forEach(more::remove);
                  faults.add(
                      "%s asks %d times among 3, %d times among 30: %s"
                          .formatted(page, before, many.size(), counted(more)));
                }
              });

      assertEquals("", String.join("\n", faults));
      assertTrue(few.getOrDefault("/", List.of()).size() > 10, "What is asked is noted.");
    }
  }

  private static String counted(List<String> statements) {
    Map<String, Integer> times = new LinkedHashMap<>();
    statements.forEach(one -> times.merge(one.replaceAll("\\s+", " "), 1, Integer::sum));
    return times.entrySet().stream()
        .map(one -> "\n  %d x %s".formatted(one.getValue(), one.getKey()))
        .collect(Collectors.joining());
  }

  /** What each page asks, for an admin, who may open all of them. */
  private static Map<String, List<String>> asked(WebFixture web, Map<String, String> pages) {
    Http browser = web.signedIn("admin");
    Map<String, List<String>> asked = new LinkedHashMap<>();
    for (Map.Entry<String, String> page : pages.entrySet()) {
      CountedStatements.take();
      Http.Answer answer = browser.get(page.getValue());
      assertEquals(200, answer.status(), page + ": " + answer.body());
      asked.put(page.getKey(), CountedStatements.take());
    }
    return asked;
  }
}
