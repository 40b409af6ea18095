package dev.airlock.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Results as arguments: JSON read as what a method declares, the elements of its lists too. */
final class Values {

  private static final ObjectMapper MAPPER = Json.mapper();

  private Values() {}

  static @Nullable Object read(String json, Type type) {
    try {
      return MAPPER.readValue(json, MAPPER.constructType(type));
    } catch (JsonProcessingException e) {
      throw misfit(type, e);
    }
  }

  static @Nullable Object read(JsonNode json, Type type) {
    try {
      return MAPPER.treeToValue(json, MAPPER.constructType(type));
    } catch (JsonProcessingException e) {
      throw misfit(type, e);
    }
  }

  private static RuntimeException misfit(Type type, JsonProcessingException e) {
    return StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "What the stage before gave is no %s: %s"
            .formatted(type.getTypeName(), e.getOriginalMessage()));
  }
}
