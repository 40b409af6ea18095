package dev.airlock.web.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code GET /openapi.yaml}: the description of the REST routes and of the gateway's. */
public final class OpenApi {
  private static final String RESOURCE = "/dev/airlock/web/openapi.yaml";

  private final byte[] yaml;

  public OpenApi() {
    try (InputStream stream = OpenApi.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException(RESOURCE + " is not on the class path.");
      }
      yaml = stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " can't be read", e);
    }
  }

  public void serve(Context ctx) {
    ctx.contentType("application/yaml; charset=utf-8").result(yaml);
  }
}
