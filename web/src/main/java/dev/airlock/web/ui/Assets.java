package dev.airlock.web.ui;

import dev.airlock.web.http.ProblemException;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Style and scripts, from the jar. Each is served under its digest, so browsers keep it for good
 * and still see a new one at once. Packed where a browser takes that; pages are not, since they
 * hold a session's token beside words that others may choose.
 */
public final class Assets {
  private static final String OWN = "/dev/airlock/web/assets/";
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";

  /** The tokens and components, then what was added to them; pages load them as one. */
  private static final List<String> STYLES = List.of("airlock.css", "habits.css");

  /** What scripts import, by this name. */
  private static final String SHARED = "forms.js";

  /** One for each concern, in the order in which pages load them. */
  private static final List<String> SCRIPTS =
      List.of(
          "calm.js",
          "follow.js",
          "zone.js",
          "clock.js",
          "tell.js",
          "logs.js",
          "theme.js",
          "confirm.js",
          "unsent.js",
          "cutoff.js",
          "keys.js");

  private final Map<String, Asset> byPath = new HashMap<>();
  private final Chrome.AssetLinks links;

  private static final class Asset {
    private final byte[] bytes;
    private final byte[] packed;
    private final String mediaType;

    Asset(byte[] bytes, String mediaType) throws IOException {
      this.bytes = bytes;
      this.packed = packed(bytes);
      this.mediaType = mediaType;
    }

    private static byte[] packed(byte[] bytes) throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(bytes);
      }
      return packed.toByteArray();
    }
  }

  public Assets() {
    String shared = add(OWN + SHARED, SHARED, "text/javascript");
    links =
        new Chrome.AssetLinks(
            add("airlock.css", "text/css", read(STYLES)),
            add(HTMX, "htmx.js", "text/javascript"),
            SCRIPTS.stream().map(name -> addScript(name, shared)).toList(),
            add(OWN + "icon.svg", "icon.svg", "image/svg+xml"));
  }

  Chrome.AssetLinks links() {
    return links;
  }

  /** {@code GET /assets/{digest}/{name}}. */
  public void serve(Context ctx) {
    Asset asset = byPath.get(ctx.path());
    if (asset == null) {
      throw ProblemException.notFound("There is no such file.");
    }
    ctx.header("Cache-Control", "public, max-age=31536000, immutable")
        .header("Vary", "Accept-Encoding")
        .contentType(asset.mediaType + "; charset=utf-8");
    String accepted = ctx.header("Accept-Encoding");
    if (accepted != null && accepted.contains("gzip")) {
      ctx.header("Content-Encoding", "gzip").result(asset.packed);
    } else {
      ctx.result(asset.bytes);
    }
  }

  /** A browser asks for what is imported by its digest, too. */
  private String addScript(String name, String shared) {
    String text = new String(read(OWN + name), StandardCharsets.UTF_8);
    byte[] bytes =
        text.replace("\"./" + SHARED + "\"", "\"" + shared + "\"").getBytes(StandardCharsets.UTF_8);
    return add(name, "text/javascript", bytes);
  }

  private String add(String resource, String name, String mediaType) {
    return add(name, mediaType, read(resource));
  }

  private String add(String name, String mediaType, byte[] bytes) {
    String path = "/assets/" + Json.digest(bytes).substring(0, 12) + "/" + name;
    try {
      byPath.put(path, new Asset(bytes, mediaType));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can't be packed", e);
    }
    return path;
  }

  private static byte[] read(List<String> own) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    own.forEach(name -> all.writeBytes(read(OWN + name)));
    return all.toByteArray();
  }

  private static byte[] read(String resource) {
    try (InputStream stream = Assets.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not on the class path.");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " can't be read", e);
    }
  }
}
