package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that a person names as the shell does. The worker runs elsewhere, and takes a relative URI
 * for a file inside the pipeline's jar.
 */
final class FileParams {

  private FileParams() {}

  /** The params, with file names of this machine as absolute {@code file:} URIs. */
  static Map<String, String> absolute(Map<String, String> params, JsonNode graph) {
    Map<String, String> absolute = new LinkedHashMap<>(params);
    for (JsonNode param : graph.path("params")) {
      if (param.path("type").asText().equalsIgnoreCase("uri")) {
        absolute.computeIfPresent(
            param.path("name").asText(), (name, value) -> absolute(name, value));
      }
    }
    return absolute;
  }

  /**
   * As {@link #absolute(Map, JsonNode)}, where the graph is not known yet: what looks like a file.
   */
  static Map<String, String> absolute(Map<String, String> params) {
    Map<String, String> absolute = new LinkedHashMap<>(params);
    absolute.replaceAll(
        (name, value) ->
            (value.startsWith("/") || value.startsWith(".")) && exists(value)
                ? absolute(name, value)
                : value);
    return absolute;
  }

  private static String absolute(String name, String value) {
    boolean isNamedAsFile =
        value.startsWith("/") || value.startsWith("./") || value.startsWith("../");
    if (!isNamedAsFile && !exists(value)) {
      return value;
    }
    Path file = Path.of(value).toAbsolutePath().normalize();
    if (!Files.exists(file)) {
      throw CommandException.wrongUse("Param '" + name + "': there is no file " + file + ".");
    }
    return file.toUri().toString();
  }

  private static boolean exists(String value) {
    try {
      return Files.exists(Path.of(value));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
