package dev.airlock.web.ui;

import dev.airlock.store.Approval;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** Model cards, as files. */
public final class CardPages {

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;

  public CardPages(Supplier<Store> store, ArtifactStore artifacts) {
    this.store = store;
    this.artifacts = artifacts;
  }

  /** {@code GET /models/{name}/versions/{version}/card.md}. */
  public void markdown(Context ctx) {
    ctx.contentType("text/markdown; charset=utf-8").result(card(ctx).markdown());
  }

  /** {@code GET /models/{name}/versions/{version}/card.json}. */
  public void json(Context ctx) {
    ctx.json(card(ctx).document());
  }

  private ModelCard card(Context ctx) {
    String name = ctx.pathParam("name");
    long number = Query.number("version", ctx.pathParam("version"));
    Store open = store.get();
    ModelVersion version =
        open.models()
            .version(name, number < 1 || number > Integer.MAX_VALUE ? 0 : (int) number)
            .orElseThrow(
                () ->
                    new UnknownEntityException(
                        "There is no version %d of %s.".formatted(number, name)));
    Approval approval = open.approvals().ofVersion(name, version.version()).orElse(null);
    return new ModelCard(
        version,
        new String(artifacts.get(version.evidenceDigest()), StandardCharsets.UTF_8),
        approval,
        approval == null ? List.of() : open.approvals().approving(List.of(approval.id())));
  }
}
