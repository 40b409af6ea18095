package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Store;
import dev.airlock.store.Trial;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.BoundedBody;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.workflows.TrialRequest;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Trials of single stages on samples of their inputs. */
public final class TrialRoutes {

  private static final int LARGEST_FILE = 64 << 20;
  private static final int USUAL_SAMPLE = 1_000;
  private static final int LARGEST_SAMPLE = 100_000;
  private static final Pattern FILE_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.(jar|java)");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public TrialRoutes(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  private record Wish(
      @Nullable String pipeline,
      @Nullable String stage,
      @Nullable Integer sample,
      @Nullable Map<String, JsonNode> params,
      @Nullable String logicalDate,
      @Nullable Long run,
      @Nullable String codeDigest,
      @Nullable String codeFile) {}

  /** {@code POST /trials/code?file=name.jar}, the file itself as the body. */
  public void receive(Context ctx) {
    String file = Query.text(ctx, "file");
    if (file == null || !FILE_NAME.matcher(file).matches()) {
      throw ProblemException.badRequest(
          "file is '%s', expected a file's name, such as my-model.jar or MyModel.java."
              .formatted(file));
    }
    ctx.status(201).json(Map.of("codeDigest", keep(ctx), "codeFile", file));
  }

  private String keep(Context ctx) {
    try (PushbackInputStream body =
        new PushbackInputStream(
            BoundedBody.of(ctx, LARGEST_FILE, "The file has more than 64 MB."))) {
      int first = body.read();
      if (first < 0) {
        throw ProblemException.badRequest("The body is empty; send the file itself.");
      }
      body.unread(first);
      return artifacts.put(body);
    } catch (IOException e) {
      throw new UncheckedIOException("The body can't be read", e);
    }
  }

  /** {@code POST /trials}. */
  public void create(Context ctx) {
    Wish wish = Body.read(ctx, Wish.class);
    List<Fault> faults = new ArrayList<>();
    int sample = wish.sample() == null ? USUAL_SAMPLE : wish.sample();
    if (wish.stage() == null || wish.stage().isBlank()) {
      faults.add(new Fault("stage", "expected a stage's name"));
    }
    if (sample < 1 || sample > LARGEST_SAMPLE) {
      faults.add(new Fault("sample", "is %d, expected 1 to %d".formatted(sample, LARGEST_SAMPLE)));
    }
    if (wish.codeDigest() == null && wish.pipeline() == null) {
      faults.add(new Fault("pipeline", "expected a pipeline's name, or code that defines one"));
    }
    checkCode(wish, faults);
    if (!faults.isEmpty()) {
      throw ProblemException.badRequest(
          "The trial can't be made: %s: %s.".formatted(faults.get(0).at(), faults.get(0).detail()),
          faults);
    }
    long id =
        store
            .get()
            .trials()
            .request(
                new TrialRequest(
                    wish.pipeline(),
                    String.valueOf(wish.stage()),
                    sample,
                    params(wish.params()),
                    wish.logicalDate() == null
                        ? null
                        : Query.eventTime("logicalDate", wish.logicalDate()),
                    wish.run(),
                    wish.codeDigest(),
                    wish.codeFile()),
                Caller.of(ctx).acting(ctx));
    ctx.status(201).header("Location", "/api/v1/trials/" + id).json(Map.of("id", id));
  }

  private void checkCode(Wish wish, List<Fault> faults) {
    if (wish.codeDigest() == null) {
      return;
    }
    if (!DIGEST.matcher(wish.codeDigest()).matches() || !artifacts.contains(wish.codeDigest())) {
      faults.add(new Fault("codeDigest", "expected what POST /trials/code answered"));
    }
    if (wish.codeFile() == null || !FILE_NAME.matcher(wish.codeFile()).matches()) {
      faults.add(new Fault("codeFile", "expected the file's name, such as my-model.jar"));
    }
  }

  private static SortedMap<String, String> params(@Nullable Map<String, JsonNode> params) {
    return params == null ? new TreeMap<>() : new TreeMap<>(RunRoutes.texts(params));
  }

  /** {@code GET /trials/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "trial");
    Trial trial =
        store
            .get()
            .trials()
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no trial " + id + "."));
    ctx.json(trial);
  }

  /** {@code POST /trials/{id}/cancel}. */
  public void cancel(Context ctx) {
    long id = Query.id(ctx, "trial");
    if (!store.get().trials().cancel(id, Caller.of(ctx).acting(ctx))) {
      throw ProblemException.conflict("Trial " + id + " has ended already.");
    }
    ctx.status(202).json(Map.of("id", id, "detail", "Recorded, taking effect."));
  }
}
