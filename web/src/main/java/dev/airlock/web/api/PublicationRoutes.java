package dev.airlock.web.api;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Publication;
import dev.airlock.store.Store;
import dev.airlock.web.http.BoundedBody;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Jars of pipelines that people publish; a worker reads them and makes versions of them. */
public final class PublicationRoutes {
  private static final int LARGEST_JAR = 64 << 20;
  private static final byte[] ZIP = {'P', 'K', 3};
  private static final Pattern FILE_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.jar");

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public PublicationRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  /** {@code POST /publications?file=name.jar}, the jar itself as the body. */
  public void publish(Context ctx) {
    String file = Query.text(ctx, "file");
    if (file == null || !FILE_NAME.matcher(file).matches()) {
      throw ProblemException.badRequest(
          "file is '%s', expected the jar's name, such as my-model.jar.".formatted(file));
    }
    Store open = store.get();
    String digest = keep(ctx);
    long id = open.pipelines().receive(file, digest, Caller.of(ctx).acting(ctx));
    ctx.status(201).header("Location", "/api/v1/publications/" + id).json(find(id));
  }

  private String keep(Context ctx) {
    try (InputStream body =
        BoundedBody.of(
            ctx,
            LARGEST_JAR,
            "The jar is larger than 64 MB; leave out what Airlock brings along, such as Spark.")) {
      byte[] begin = body.readNBytes(ZIP.length);
      if (!Arrays.equals(begin, ZIP)) {
        throw ProblemException.badRequest(
            "The body is no jar (%d bytes, not a ZIP file); send the jar's bytes as they are."
                .formatted(begin.length + body.transferTo(OutputStream.nullOutputStream())));
      }
      return artifacts.put(new SequenceInputStream(new ByteArrayInputStream(begin), body));
    } catch (IOException e) {
      throw new UncheckedIOException("The jar can't be read", e);
    }
  }

  /** {@code GET /publications}: the newest of each file. */
  public void list(Context ctx) {
    ctx.json(
        store
            .get()
            .pipelines()
            .newestPublications(Limits.ofShortList(ctx), Query.text(ctx, "cursor")));
  }

  /** {@code GET /publications/{id}}. */
  public void show(Context ctx) {
    ctx.json(find(Query.id(ctx, "publication")));
  }

  private Publication find(long id) {
    return store
        .get()
        .pipelines()
        .publication(id)
        .orElseThrow(() -> ProblemException.notFound("There is no publication " + id + "."));
  }
}
