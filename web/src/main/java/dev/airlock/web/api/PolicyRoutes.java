package dev.airlock.web.api;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.store.ApprovalPolicy;
import dev.airlock.store.NewPolicy;
import dev.airlock.store.Page;
import dev.airlock.store.Policies;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Limits;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Policies: bounds that a person has signed, within which a candidate passes in their name. */
public final class PolicyRoutes {
  private static final long FEWEST_ROWS = 100;

  private final Supplier<Store> store;

  public PolicyRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record Bound(
      @Nullable String metric, @Nullable String comparison, @Nullable Double bound) {}

  private record Wish(
      @Nullable String stage,
      @Nullable Integer version,
      @Nullable List<@Nullable Bound> bounds,
      @Nullable Long minimumRows,
      @Nullable String expiresAt,
      @Nullable String reason) {}

  /**
   * A policy as REST shows it.
   *
   * @param state in-force, expired or revoked
   */
  private record Shown(
      long id,
      String pipeline,
      int version,
      String stage,
      String graphDigest,
      String codeDigest,
      SortedMap<String, String> params,
      List<Bound> bounds,
      long minimumRows,
      String state,
      String signedBy,
      String reason,
      Instant signedAt,
      Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy,
      @Nullable String revokedBecause) {}

  private static Shown shown(ApprovalPolicy policy) {
    return new Shown(
        policy.id(),
        policy.pipeline(),
        policy.version(),
        policy.stage(),
        policy.graphDigest(),
        policy.codeDigest(),
        policy.params(),
        policy.bounds().stream()
            .map(bound -> new Bound(word(bound.metric()), word(bound.comparison()), bound.bound()))
            .toList(),
        policy.minimumRows(),
        policy.standing(Instant.now()).replace(' ', '-'),
        policy.signedBy(),
        policy.reason(),
        policy.signedAt(),
        policy.expiresAt(),
        policy.revokedAt(),
        policy.revokedBy(),
        policy.revokedBecause());
  }

  /** {@code GET /pipelines/{name}/policies}. */
  public void list(Context ctx) {
    String pipeline = ctx.pathParam("name");
    if (store.get().pipelines().current(pipeline).isEmpty()) {
      throw new UnknownEntityException("There is no pipeline '" + pipeline + "'.");
    }
    Page<ApprovalPolicy> page =
        store.get().policies().list(pipeline, Limits.of(ctx), Query.text(ctx, "cursor"));
    ctx.json(new Page<>(page.items().stream().map(PolicyRoutes::shown).toList(), page.next()));
  }

  /** {@code POST /pipelines/{name}/policies}: signed by whoever sends it. */
  public void sign(Context ctx) {
    NewPolicy wish = wish(ctx.pathParam("name"), Body.read(ctx, Wish.class));
    Policies policies = store.get().policies();
    long id = GateAnswers.recorded(policies.sign(wish, Caller.of(ctx).acting(ctx)));
    ctx.status(201).json(shown(policies.find(id).orElseThrow()));
  }

  /** {@code POST /pipelines/{name}/policies/{id}/revoke}: it votes no more. */
  public void revoke(Context ctx) {
    long id = Query.id(ctx, "policy");
    Policies policies = store.get().policies();
    boolean isOfPipeline =
        policies
            .find(id)
            .filter(policy -> policy.pipeline().equals(ctx.pathParam("name")))
            .isPresent();
    if (!isOfPipeline) {
      throw new UnknownEntityException(
          "Pipeline '%s' has no policy %d.".formatted(ctx.pathParam("name"), id));
    }
    String reason = ApprovalRoutes.reason(ctx, "Revoking");
    GateAnswers.recorded(policies.revoke(id, Caller.of(ctx).acting(ctx), reason));
    ctx.json(shown(policies.find(id).orElseThrow()));
  }

  private static NewPolicy wish(String pipeline, Wish wish) {
    List<Fault> faults = new ArrayList<>();
    String stage = wish.stage();
    if (stage == null || stage.isBlank()) {
      faults.add(new Fault("stage", "missing; name the approval that it votes on"));
    }
    List<Requirement> bounds = bounds(wish.bounds(), faults);
    Instant expiresAt = moment(wish.expiresAt(), faults);
    String reason = wish.reason();
    if (reason == null || reason.isBlank()) {
      faults.add(new Fault("reason", "missing; say why, for those who ask later"));
    }
    if (stage == null || reason == null || expiresAt == null || !faults.isEmpty()) {
      throw ProblemException.badRequest("The policy is incomplete: see errors.", faults);
    }
    Long rows = wish.minimumRows();
    return new NewPolicy(
        pipeline,
        wish.version(),
        stage,
        bounds,
        rows == null ? FEWEST_ROWS : rows,
        expiresAt,
        reason);
  }

  private static @Nullable Instant moment(@Nullable String text, List<Fault> faults) {
    if (text == null || text.isBlank()) {
      faults.add(new Fault("expiresAt", "missing; send a moment within 92 days"));
      return null;
    }
    try {
      return Query.eventTime("expiresAt", text);
    } catch (ProblemException e) {
      faults.add(new Fault("expiresAt", e.problem().detail()));
      return null;
    }
  }

  private static List<Requirement> bounds(
      @Nullable List<@Nullable Bound> given, List<Fault> faults) {
    List<Requirement> bounds = new ArrayList<>();
    if (given == null || given.isEmpty()) {
      faults.add(
          new Fault(
              "bounds",
              "missing; send at least one, such as {\"metric\":\"auc\",\"comparison\":\"at-least\",\"bound\":0.7}"));
      return bounds;
    }
    for (int i = 0; i < given.size(); i++) {
      Bound bound = given.get(i);
      String place = "bounds[" + i + "]";
      if (bound == null || bound.bound() == null) {
        faults.add(new Fault(place, "has no bound; send a number"));
        continue;
      }
      Optional<Metric> metric = constant(Metric.values(), bound.metric());
      Optional<Requirement.Comparison> comparison =
          constant(Requirement.Comparison.values(), bound.comparison());
      if (metric.isEmpty()) {
        faults.add(new Fault(place + ".metric", wrong(bound.metric(), Metric.values())));
      }
      if (comparison.isEmpty()) {
        faults.add(
            new Fault(
                place + ".comparison", wrong(bound.comparison(), Requirement.Comparison.values())));
      }
      if (metric.isPresent() && comparison.isPresent()) {
        bounds.add(new Requirement(metric.get(), comparison.get(), bound.bound()));
      }
    }
    return bounds;
  }

  private static <E extends Enum<E>> Optional<E> constant(E[] all, @Nullable String word) {
    return Arrays.stream(all).filter(one -> word(one).equals(word)).findFirst();
  }

  private static String wrong(@Nullable String word, Enum<?>[] all) {
    return "is '%s', expected one of %s"
        .formatted(
            word, Arrays.stream(all).map(PolicyRoutes::word).collect(Collectors.joining(", ")));
  }

  /** Metrics with underscores, as in evidence; comparisons with hyphens. */
  private static String word(Enum<?> constant) {
    String word = constant.name().toLowerCase(Locale.ROOT);
    return constant instanceof Metric ? word : word.replace('_', '-');
  }
}
