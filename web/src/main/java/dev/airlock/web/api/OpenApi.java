package dev.airlock.web.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code GET /openapi.yaml}: the description of the REST routes and of the gateway's.
 *
 * <p>It is kept in parts: {@code openapi.yaml} opens it, and each file of the folder {@code
 * openapi} holds the paths of one tag and the schemas that they need. They are put together as
 * text, so that whoever reads the whole finds it as it was written.
 */
public final class OpenApi {
  /** In the order in which the whole has them. */
  private static final List<String> PARTS =
      List.of(
          "health",
          "people",
          "pipelines",
          "publications",
          "runs",
          "logs",
          "backfills",
          "trials",
          "approvals",
          "policies",
          "models",
          "rollouts",
          "monitors",
          "alerts",
          "feedback",
          "datasets",
          "insight",
          "pools",
          "events",
          "vaults",
          "audit",
          "inference",
          "graph",
          "results",
          "evidence",
          "common");

  private static final String PATHS = "paths:";
  private static final String COMPONENTS = "components:";
  private static final String SCHEMAS = "schemas:";

  private final String yaml = document();

  /** The whole, as YAML. */
  public static String document() {
    StringBuilder paths = new StringBuilder(PATHS).append('\n');
    StringBuilder schemas = new StringBuilder("  " + SCHEMAS).append('\n');
    for (String part : PARTS) {
      String section = "";
      for (String line : read("openapi/" + part + ".yaml").lines().toList()) {
        if (line.equals(PATHS) || line.equals(SCHEMAS)) {
          section = line;
        } else if (section.equals(PATHS)) {
          paths.append(line).append('\n');
        } else if (section.equals(SCHEMAS)) {
          schemas.append(line.isBlank() ? "" : "  ").append(line).append('\n');
        }
      }
    }
    String head = read("openapi.yaml");
    int components = head.indexOf("\n" + COMPONENTS) + 1;
    return head.substring(0, components) + paths + head.substring(components) + schemas;
  }

  private static String read(String name) {
    String resource = "/dev/airlock/web/" + name;
    try (InputStream stream = OpenApi.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not on the class path.");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " can't be read", e);
    }
  }

  public void serve(Context ctx) {
    ctx.contentType("application/yaml; charset=utf-8").result(yaml);
  }
}
