package dev.airlock.web.ui;

import dev.airlock.store.AliasMove;
import dev.airlock.store.Approval;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.ModelVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One version of a model: its evidence, its history, its card. */
public final class VersionPages {

  private final Supplier<Store> store;
  private final ArtifactStore artifacts;
  private final Frame frame;

  public VersionPages(Supplier<Store> store, ArtifactStore artifacts, Frame frame) {
    this.store = store;
    this.artifacts = artifacts;
    this.frame = frame;
  }

  /**
   * The page.
   *
   * @param code what of code and params is other than in its champion; null where that is not known
   * @param approval null where nobody was asked
   * @param card where the model card is, without its ending
   */
  public record VersionPage(
      Chrome chrome,
      String model,
      int version,
      String state,
      String tone,
      Instant registeredAt,
      String registeredAgo,
      long run,
      EvidenceView evidence,
      @Nullable CodeChange code,
      @Nullable Long approval,
      List<Votes.Vote> votes,
      List<Move> moves,
      List<Fact> digests,
      @Nullable Integer before,
      @Nullable Integer after,
      String card) {

    /** A move of traffic to or from this version. */
    public record Move(Instant at, String ago, String what, String by, String reason) {}
  }

  /** {@code GET /models/{name}/versions/{version}}. */
  public void show(Context ctx) {
    Store open = store.get();
    ModelVersion version = find(open, ctx);
    Evidence evidence =
        Json.read(
            new String(artifacts.get(version.evidenceDigest()), StandardCharsets.UTF_8),
            Evidence.class);
    Instant now = Instant.now();
    String name = version.model();
    LiveRoute live = open.models().live(name).orElse(null);
    Approval approval = open.approvals().ofVersion(name, version.version()).orElse(null);
    List<VersionPage.Move> moves = moves(open.models().history(name), version.version(), now);
    boolean isLive = live != null && live.version() == version.version();
    boolean isChampionLive =
        evidence.champion() != null
            && live != null
            && live.artifactDigest().equals(evidence.champion().artifactDigest());
    String title = "%s v%d".formatted(name, version.version());
    frame.render(
        ctx,
        "version",
        new VersionPage(
            frame
                .chrome(
                    ctx,
                    title,
                    "models",
                    new Crumb("Models", "/models"),
                    new Crumb(name, "/models/" + name),
                    Crumb.here("v" + version.version()))
                .following("approvals", "model:" + name),
            name,
            version.version(),
            ModelPages.state(isLive, !moves.isEmpty(), approval),
            isLive ? "live" : "",
            version.createdAt(),
            Words.ago(version.createdAt(), now),
            version.runId(),
            new EvidencePicture(evidence, version.version(), isChampionLive).view(),
            CodeChange.of(open, evidence).orElse(null),
            approval == null ? null : approval.id(),
            approval == null ? List.of() : votes(open, approval.id(), now),
            moves,
            digests(version),
            open.models()
                .version(name, version.version() - 1)
                .map(ModelVersion::version)
                .orElse(null),
            open.models()
                .version(name, version.version() + 1)
                .map(ModelVersion::version)
                .orElse(null),
            "/models/%s/versions/%d/card".formatted(name, version.version())));
  }

  private static List<Votes.Vote> votes(Store open, long approval, Instant now) {
    Map<Long, String> fallen = open.approvals().fallenVotes(approval);
    return open.approvals().decisions(approval).stream()
        .map(vote -> Votes.say(vote, fallen, null, now))
        .toList();
  }

  private static ModelVersion find(Store open, Context ctx) {
    String name = ctx.pathParam("name");
    long number = Query.number("version", ctx.pathParam("version"));
    return open.models()
        .version(name, number < 1 || number > Integer.MAX_VALUE ? 0 : (int) number)
        .orElseThrow(
            () ->
                new UnknownEntityException(
                    "There is no version %d of %s.".formatted(number, name)));
  }

  /** The moves to this version, and away from it, the latest first. */
  private static List<VersionPage.Move> moves(List<AliasMove> moves, int version, Instant now) {
    List<AliasMove> inTime = moves.stream().sorted((a, b) -> a.at().compareTo(b.at())).toList();
    List<VersionPage.Move> shown = new ArrayList<>();
    AliasMove before = null;
    for (AliasMove move : inTime) {
      boolean comes = move.version() == version;
      boolean goes = before != null && before.version() == version;
      if (comes || goes) {
        shown.add(
            0,
            new VersionPage.Move(
                move.at(),
                Words.ago(move.at(), now),
                comes
                    ? move.kind().equals("rollback") ? "came back" : "went live"
                    : "gave way to v" + move.version(),
                move.movedBy(),
                Objects.requireNonNullElse(move.reason(), "")));
      }
      before = move;
    }
    return shown;
  }

  private static List<Fact> digests(ModelVersion version) {
    return List.of(
        Fact.of("Model", Words.digest(version.artifactDigest())),
        Fact.of("Evidence", Words.digest(version.evidenceDigest())),
        Fact.of("Stage", version.stage()));
  }
}
