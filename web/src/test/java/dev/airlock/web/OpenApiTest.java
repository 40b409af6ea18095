package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class OpenApiTest {

  @Test
  void shouldDescribeExactlyTheRoutesThatExist() {
    try (WebFixture web = WebFixture.start()) {
      SortedSet<String> described = new TreeSet<>();
      String path = "";
      for (String line : web.client("").get("/openapi.yaml").body().lines().toList()) {
        if (line.matches("  /\\S*:")) {
          path = line.strip().replaceAll(":$", "");
        } else if (line.matches("    (get|post|patch|put|delete):")) {
          described.add(
              line.strip().replace(":", "").toUpperCase(java.util.Locale.ROOT) + " " + path);
        }
      }
      SortedSet<String> existing =
          web.server.routes().stream()
              .map(RouteTable.Route::name)
              .filter(
                  route ->
                      route.contains(" /api/")
                          || route.contains(" /v2/")
                          || route.endsWith(".yaml"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(existing, described);
    }
  }
}
