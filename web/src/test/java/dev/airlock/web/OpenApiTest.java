package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OpenApiTest {
  private static final Contract CONTRACT = Contract.current();

  @Test
  void shouldDescribeExactlyTheRoutesThatExist() {
    try (WebFixture web = WebFixture.start()) {
      SortedSet<String> existing =
          web.server.routes().stream()
              .map(RouteTable.Route::name)
              .filter(
                  route ->
                      route.contains(" /api/")
                          || route.contains(" /v2/")
                          || route.endsWith(".yaml"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(existing, described());
    }
  }

  private static SortedSet<String> described() {
    return CONTRACT.operations().stream()
        .map(operation -> operation.method() + " " + operation.path())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void shouldDescribeEachAnswerWithASchema() {
    for (Contract.Operation operation : CONTRACT.operations()) {
      String name = operation.name();
      JsonNode responses = operation.node().path("responses");
      assertTrue(responses.has("default"), name + " has no default response");
      responses
          .properties()
          .forEach(
              response -> {
                JsonNode answer = response.getValue();
                assertTrue(
                    response.getKey().equals("204")
                        || answer.has("$ref")
                        || !answer.path("content").isEmpty(),
                    name + " does not say what " + response.getKey() + " holds");
                answer
                    .path("content")
                    .forEach(
                        content ->
                            assertTrue(content.has("schema"), name + " " + response.getKey()));
              });
    }
  }

  @Test
  void shouldNameWhatStandsInEachPath() {
    Pattern braces = Pattern.compile("\\{([^}]*)}");
    for (Contract.Operation operation : CONTRACT.operations()) {
      SortedSet<String> inPath = new TreeSet<>();
      Matcher matcher = braces.matcher(operation.path());
      while (matcher.find()) {
        inPath.add(matcher.group(1));
      }
      SortedSet<String> described = new TreeSet<>();
      operation
          .node()
          .path("parameters")
          .forEach(
              parameter -> {
                if (parameter.path("in").asText().equals("path")) {
                  described.add(parameter.path("name").asText());
                  assertTrue(parameter.path("required").asBoolean(), operation.path());
                }
              });
      assertEquals(inPath, described, operation.name());
    }
  }

  @Test
  void shouldGiveEachOperationATagAndANameOfItsOwn() {
    SortedSet<String> tags =
        texts(CONTRACT.document().path("tags"), "name")
            .collect(Collectors.toCollection(TreeSet::new));
    SortedSet<String> names = new TreeSet<>();
    for (Contract.Operation operation : CONTRACT.operations()) {
      JsonNode node = operation.node();
      assertTrue(tags.contains(node.path("tags").path(0).asText()), operation.path());
      assertFalse(node.path("summary").asText().isBlank(), operation.path());
      assertTrue(names.add(node.path("operationId").asText()), operation.path());
    }
  }

  private static Stream<String> texts(JsonNode list, String field) {
    return Stream.iterate(0, i -> i < list.size(), i -> i + 1)
        .map(i -> list.path(i).path(field).asText());
  }

  @Test
  void shouldReferToNothingThatIsNotThere() {
    List<String> lost =
        CONTRACT.document().findValuesAsText("$ref").stream()
            .distinct()
            .filter(reference -> CONTRACT.document().at(reference.substring(1)).isMissingNode())
            .toList();
    assertEquals(List.of(), lost);
  }

  @Test
  void shouldNoticeAFieldThatNobodyDescribed() {
    String problem =
        """
        {"type":"urn:airlock:problem:not-found","title":"Not found","status":404,
         "detail":"There is no run 7.","errors":[]}
        """;
    assertEquals(List.of(), CONTRACT.faults("Problem", problem));
    assertEquals(
        1, CONTRACT.faults("Problem", problem.replace("\"errors\"", "\"x\":1,\"errors\"")).size());
    assertEquals(1, CONTRACT.faults("Problem", problem.replace("404", "\"404\"")).size());
  }

  @Test
  void shouldPlantAFieldOfTomorrowWhereverABodyIsTaken() {
    String planted =
        CONTRACT.planted(
            "POST",
            "/api/v1/models/m/rollouts",
            "{\"steps\":[{\"weight\":100}],\"promoteWhile\":[{\"figure\":\"psi\"}]}");
    assertEquals(3, planted.split("fieldOfTomorrow", -1).length - 1, planted);
    for (Contract.Operation operation : CONTRACT.operations()) {
      JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
      if (schema.has("$ref")) {
        String place = operation.path().replaceAll("\\{[^}]*}", "1");
        assertTrue(
            CONTRACT.planted(operation.method(), place, "{}").contains("fieldOfTomorrow"),
            operation.name());
      }
    }
  }
}
