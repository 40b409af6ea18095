package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Requirement;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.ApprovalPolicy;
import dev.airlock.store.GateOutcome;
import dev.airlock.store.NewPolicy;
import dev.airlock.store.Page;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.api.GateAnswers;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The policies of a pipeline, and the form that signs one. */
public final class PolicyPages {
  private static final int PER_PAGE = 30;

  private final Supplier<Store> store;
  private final Frame frame;

  public PolicyPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * The page.
   *
   * @param form null where the viewer can't sign, or nothing takes policies
   * @param hindrance why there is no form; empty where there is one
   * @param problem why the last try failed, or null
   */
  public record PoliciesPage(
      Chrome chrome,
      String pipeline,
      int version,
      List<Row> rows,
      @Nullable String moreLink,
      @Nullable Form form,
      String hindrance,
      @Nullable String problem) {}

  /**
   * A policy.
   *
   * @param tone of its state
   * @param rests why it does not vote as things are; empty where it does
   * @param revocable whether the viewer may try to take it back
   */
  public record Row(
      long id,
      String state,
      String tone,
      String stage,
      int version,
      String bounds,
      String signedBy,
      Instant signedAt,
      String signedAgo,
      Timed until,
      String reason,
      String revoked,
      String rests,
      boolean revocable) {}

  /**
   * What a person fills in.
   *
   * @param stages the approvals that take policies
   * @param days how long it holds
   */
  public record Form(
      List<String> stages, List<Bound> bounds, String rows, String days, String reason) {

    /** One metric, which may be left open. */
    public record Bound(String field, String label, String value) {}
  }

  /** {@code GET /pipelines/{name}/policies}. */
  public void list(Context ctx) {
    show(ctx, null);
  }

  private void show(Context ctx, @Nullable String problem) {
    String name = ctx.pathParam("name");
    PipelineVersion current =
        store
            .get()
            .pipelines()
            .current(name)
            .orElseThrow(() -> new UnknownEntityException("There is no pipeline '" + name + "'."));
    Page<ApprovalPolicy> page =
        store.get().policies().list(name, PER_PAGE, Query.text(ctx, "cursor"));
    boolean maySign = Caller.of(ctx).may(Permission.SIGN_POLICY);
    List<String> stages = stages(current.graph());
    Instant now = Instant.now();
    Map<String, String> resting =
        store
            .get()
            .policies()
            .resting(
                page.items().stream()
                    .map(ApprovalPolicy::signedBy)
                    .distinct()
                    .toArray(String[]::new));
    frame.render(
        ctx,
        "policies",
        new PoliciesPage(
            frame
                .chrome(
                    ctx,
                    "Policies of " + name,
                    "pipelines",
                    new Crumb("Pipelines", "/pipelines"),
                    new Crumb(name, "/pipelines/" + name),
                    Crumb.here("Policies"))
                .following("approvals", "pipelines"),
            name,
            current.version(),
            page.items().stream().map(policy -> row(policy, resting, maySign, now)).toList(),
            page.next() == null
                ? null
                : "/pipelines/%s/policies?cursor=%s".formatted(name, page.next()),
            stages.isEmpty() || !maySign ? null : form(ctx, current.graph(), stages),
            hindrance(stages, maySign),
            problem));
  }

  private static String hindrance(List<String> stages, boolean maySign) {
    if (stages.isEmpty()) {
      return "Every approval of this pipeline is for people alone. Its code allows policies by the word .orPolicy().";
    }
    return maySign ? "" : "Policies are signed by those who may approve.";
  }

  /** The approvals of a graph that take policies. */
  static List<String> stages(Graph graph) {
    return graph.stages().stream()
        .filter(stage -> stage.work() instanceof Work.Approval approval && approval.takesPolicies())
        .map(StageSpec::name)
        .toList();
  }

  private static Form form(Context ctx, Graph graph, List<String> stages) {
    return new Form(
        stages,
        metrics(graph).stream()
            .flatMap(
                metric ->
                    Stream.of(
                        bound(ctx, metric, field(metric), "at least", "at most"),
                        bound(
                            ctx,
                            metric,
                            besideChampion(metric),
                            "below the champion's by at most",
                            "above the champion's by at most")))
            .toList(),
        typed(ctx, "rows", "100"),
        typed(ctx, "days", "30"),
        typed(ctx, "reason", ""));
  }

  private static Form.Bound bound(
      Context ctx, Metric metric, String field, String whereHigher, String whereLower) {
    return new Form.Bound(
        field,
        "%s %s"
            .formatted(
                Figures.name(field(metric)), metric.isHigherBetter() ? whereHigher : whereLower),
        typed(ctx, field, ""));
  }

  /** The metrics that the pipeline's evidence holds. */
  private static List<Metric> metrics(Graph graph) {
    boolean isClassifier =
        graph.stages().stream()
            .map(StageSpec::work)
            .filter(Work.Evaluate.class::isInstance)
            .map(Work.Evaluate.class::cast)
            .allMatch(evaluate -> evaluate.choose().isForClassifiers());
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.isForClassifiers() == isClassifier)
        .toList();
  }

  private static String field(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }

  private static String besideChampion(Metric metric) {
    return field(metric) + "-beside-champion";
  }

  private static Row row(
      ApprovalPolicy policy, Map<String, String> resting, boolean maySign, Instant now) {
    String state = policy.standing(now);
    boolean isInForce = state.equals("in force");
    String rests = isInForce ? resting.getOrDefault(policy.signedBy(), "") : "";
    String bounds =
        policy.bounds().stream().map(PolicyPages::say).collect(Collectors.joining(", "))
            + ", judged on %s rows or more".formatted(Words.count(policy.minimumRows()));
    return new Row(
        policy.id(),
        rests.isEmpty() ? state : "rests",
        switch (rests.isEmpty() ? state : "rests") {
          case "in force" -> "succeeded";
          case "revoked" -> "failed";
          default -> "skipped";
        },
        policy.stage(),
        policy.version(),
        bounds,
        policy.signedBy(),
        policy.signedAt(),
        Words.ago(policy.signedAt(), now),
        isInForce ? Timed.until("expires ", policy.expiresAt(), now, "") : Timed.NOTHING,
        policy.reason(),
        policy.revokedAt() == null
            ? ""
            : "Revoked by %s: %s".formatted(policy.revokedBy(), policy.revokedBecause()),
        rests,
        maySign && isInForce);
  }

  private static String say(Requirement bound) {
    String name = Words.metric(bound.metric().name().toLowerCase(Locale.ROOT));
    String limit = Words.bound(bound.bound());
    return switch (bound.comparison()) {
      case AT_LEAST -> name + " at least " + limit;
      case AT_MOST -> name + " at most " + limit;
      case NOT_ABOVE_CHAMPION_BY -> name + " not above the champion's by more than " + limit;
      case NOT_BELOW_CHAMPION_BY -> name + " not below the champion's by more than " + limit;
    };
  }

  /** {@code POST /pipelines/{name}/policies}, from the form. */
  public void sign(Context ctx) {
    String name = ctx.pathParam("name");
    try {
      GateOutcome outcome =
          store.get().policies().sign(wish(ctx, name), Caller.of(ctx).acting(ctx));
      GateAnswers.recorded(outcome);
      ctx.redirect("/pipelines/%s/policies?done=signed".formatted(name), HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), e.problem().detail());
    }
  }

  private NewPolicy wish(Context ctx, String name) {
    Graph graph =
        store
            .get()
            .pipelines()
            .current(name)
            .orElseThrow(() -> new UnknownEntityException("There is no pipeline '" + name + "'."))
            .graph();
    List<Requirement> bounds = new ArrayList<>();
    for (Metric metric : metrics(graph)) {
      String text = typed(ctx, field(metric), "");
      if (!text.isEmpty()) {
        double bound = decimal(Words.metric(field(metric)), text);
        bounds.add(metric.isHigherBetter() ? metric.atLeast(bound) : metric.atMost(bound));
      }
      String margin = typed(ctx, besideChampion(metric), "");
      if (!margin.isEmpty()) {
        double by = decimal(Words.metric(field(metric)), margin);
        bounds.add(
            metric.isHigherBetter()
                ? metric.notBelowChampionBy(by)
                : metric.notAboveChampionBy(by));
      }
    }
    long days = Query.number("The number of days", typed(ctx, "days", ""));
    if (days < 1 || days > 92) {
      throw ProblemException.badRequest(
          "It would hold for %d days; a policy holds for 1 to 92.".formatted(days));
    }
    return new NewPolicy(
        name,
        (int) Math.min(Integer.MAX_VALUE, Query.number("The version", typed(ctx, "version", ""))),
        typed(ctx, "stage", ""),
        bounds,
        Query.number("The number of rows", typed(ctx, "rows", "")),
        Instant.now().plus(Duration.ofDays(days)).minusSeconds(60),
        typed(ctx, "reason", ""));
  }

  private static double decimal(String what, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw ProblemException.badRequest(
          "The bound of %s is '%s', expected a number such as 0.7.".formatted(what, text));
    }
  }

  /** {@code POST /pipelines/{name}/policies/{id}/revoke}, from a form. */
  public void revoke(Context ctx) {
    String name = ctx.pathParam("name");
    long id = Query.id(ctx, "policy");
    try {
      GateAnswers.recorded(
          store.get().policies().revoke(id, Caller.of(ctx).acting(ctx), typed(ctx, "because", "")));
      ctx.redirect(
          "/pipelines/%s/policies?done=policy-revoked".formatted(name), HttpStatus.SEE_OTHER);
    } catch (ProblemException e) {
      show(ctx.status(e.problem().status()), e.problem().detail());
    }
  }

  private static String typed(Context ctx, String name, String otherwise) {
    String text = ctx.formParam(name);
    return text == null ? otherwise : text.strip();
  }
}
