package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.Json;
import java.util.Map;

/**
 * Which part of a pipeline holds the one character that PostgreSQL can't keep. PostgreSQL itself
 * says it only beside its error, where it would quote whole rows, too.
 */
final class NulPlace {

  private static final ObjectMapper JSON = Json.mapper();

  private NulPlace() {}

  /** Such as {@code its stage 'features'}; {@code it} where no stage holds it. */
  static String in(Graph graph) {
    return graph.stages().stream()
        .filter(stage -> isIn(JSON.valueToTree(stage)))
        .findFirst()
        .map(stage -> "its stage '" + stage.name() + "'")
        .orElse("it");
  }

  private static boolean isIn(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue().indexOf('\0') >= 0;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().indexOf('\0') >= 0) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (isIn(child)) {
        return true;
      }
    }
    return false;
  }
}
