package dev.airlock.web.ui;

import dev.airlock.store.Alert;
import dev.airlock.store.Approval;
import dev.airlock.store.Approvals;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Page;
import dev.airlock.store.Rollout;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.session.Owners;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.RolloutState;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The first page: what waits for the viewer, and how everything else is. */
public final class HomePages {
  private static final int MOST_APPROVALS = 20;
  private static final int MOST_ALERTS = 20;
  private static final int MOST_FAILED = 20;
  private static final int MOST_PIPELINES = 20;
  private static final int MOST_LIVE = 20;

  private final Supplier<Store> store;
  private final Frame frame;
  private final PipelineRows rows;

  public HomePages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
    this.rows = new PipelineRows(store);
  }

  /**
   * The page.
   *
   * @param needs what the viewer may see to
   * @param others what waits for somebody else
   */
  public record HomePage(
      Chrome chrome,
      String headline,
      String rest,
      List<Need> needs,
      List<Need> others,
      List<PipelineRow> pipelines,
      boolean hasMorePipelines,
      List<LiveRow> live,
      List<RolloutPages.Row> rollouts) {

    /**
     * Something that a person should look at.
     *
     * @param id the element's; no other on the page has it
     * @param primary whether it is the viewer's own to do
     */
    public record Need(
        String id,
        String kind,
        String tone,
        String name,
        String wants,
        String detail,
        Timed when,
        String link,
        String action,
        boolean primary) {}

    /** A model that customers meet, and how it does. */
    public record LiveRow(
        String model,
        int version,
        Instant at,
        String since,
        String letInBy,
        String health,
        String tone) {}
  }

  /** {@code GET /}. */
  public void show(Context ctx) {
    Instant now = Instant.now();
    Caller caller = Caller.of(ctx);
    Store open = store.get();
    List<Rollout> rollouts = open.rollouts().active();
    List<HomePage.Need> needs = new ArrayList<>(questions(caller, now));
    long decisions = needs.stream().filter(HomePage.Need::primary).count();
    needs.addAll(paused(rollouts, caller, now));
    boolean maySeeTo = caller.may(Permission.ACKNOWLEDGE);
    open.alerts().untaken(MOST_ALERTS).forEach(alert -> needs.add(alert(alert, maySeeTo, now)));
    boolean mayResume = caller.may(Permission.STEER_RUN);
    Set<String> foreign = Owners.foreignPipelines(open.ownership(), caller);
    open.runs()
        .newestFailed(foreign, MOST_FAILED)
        .forEach(
            run -> needs.add(failure(run, mayResume && !foreign.contains(run.pipeline()), now)));
    boolean mayMend = caller.may(Permission.PUBLISH);
    RefusedFile.all(open, now).forEach(refused -> needs.add(broken(refused, mayMend)));
    List<HomePage.Need> own = needs.stream().filter(HomePage.Need::primary).toList();
    List<HomePage.Need> others = needs.stream().filter(need -> !need.primary()).toList();
    Page<PipelineRow> pipelines = rows.page(now, MOST_PIPELINES, null);
    frame.render(
        ctx,
        "home",
        new HomePage(
            frame
                .chrome(ctx, "Home", "home", Crumb.here("Home"))
                .following("runs", "rollouts", "models", "alerts", "approvals", "pipelines"),
            headline(decisions, own.size(), others.size()),
            rest(needs.isEmpty(), decisions == 0 ? 0 : own.size() - decisions),
            own,
            others,
            pipelines.items(),
            pipelines.next() != null,
            live(now),
            rollouts.stream().map(rollout -> RolloutPages.Row.of(rollout, now)).toList()));
  }

  private static String headline(long decisions, long own, long others) {
    if (decisions > 0) {
      return Words.few(decisions)
          + (decisions == 1 ? " decision waits for you" : " decisions wait for you");
    }
    if (own > 0) {
      return Words.few(own) + (own == 1 ? " thing needs you" : " things need you");
    }
    return others > 0 ? "Nothing waits for you, but for others" : "Nothing waits for you";
  }

  /** What the headline leaves out. */
  private static String rest(boolean isCalm, long besideDecisions) {
    if (isCalm) {
      return "Everything runs as it should.";
    }
    if (besideDecisions == 0) {
      return "Everything else runs.";
    }
    return Words.few(besideDecisions)
        + (besideDecisions == 1 ? " other thing needs you." : " other things need you.");
  }

  /** Those of the viewer's first, however many others have come since. */
  private List<HomePage.Need> questions(Caller caller, Instant now) {
    Approvals approvals = store.get().approvals();
    List<Approval> own =
        caller.may(Permission.DECIDE)
            ? approvals.waitingFor(caller.name(), MOST_APPROVALS)
            : List.of();
    Set<Long> ownIds = own.stream().map(Approval::id).collect(Collectors.toSet());
    List<Approval> all = new ArrayList<>(own);
    approvals.listBefore(ApprovalStanding.State.OPEN, Long.MAX_VALUE, MOST_APPROVALS).stream()
        .filter(approval -> !ownIds.contains(approval.id()))
        .forEach(all::add);
    Map<String, String> figures =
        store.get().models().askedAbout(all.stream().map(Approval::id).toList()).stream()
            .collect(
                Collectors.toMap(
                    version -> title(version.model(), version.version()),
                    version -> Outputs.headline(version.judgement()) + " · "));
    return all.stream()
        .map(
            approval ->
                question(
                    approval,
                    figures.getOrDefault(title(approval.model(), approval.version()), ""),
                    ownIds.contains(approval.id()),
                    now))
        .toList();
  }

  private static String title(String model, int version) {
    return "%s v%d".formatted(model, version);
  }

  private static HomePage.Need question(
      Approval approval, String metrics, boolean isOwn, Instant now) {
    return new HomePage.Need(
        "need-approval-" + approval.id(),
        "approval",
        "waiting",
        title(approval.model(), approval.version()),
        "wants to go live",
        "%sasked by %s, %s · decided by %s"
            .formatted(
                metrics,
                approval.requestedBy(),
                Words.ago(approval.openedAt(), now),
                approval.everyoneAsked()),
        Timed.until("expires ", approval.expiresAt(), now, ""),
        "/approvals/" + approval.id(),
        isOwn ? "Review" : "Look",
        isOwn);
  }

  /** Whoever may only take traffic back, because the model is others', has nothing to decide. */
  private List<HomePage.Need> paused(List<Rollout> rollouts, Caller caller, Instant now) {
    List<Rollout> paused =
        rollouts.stream().filter(rollout -> rollout.state() == RolloutState.PAUSED).toList();
    if (paused.isEmpty()) {
      return List.of();
    }
    Set<String> foreign =
        store
            .get()
            .ownership()
            .foreignModels(caller.name(), paused.stream().map(Rollout::model).distinct().toList());
    boolean maySteer = caller.may(Permission.ROLL_OUT);
    return paused.stream()
        .map(rollout -> paused(rollout, maySteer && !foreign.contains(rollout.model()), now))
        .toList();
  }

  private static HomePage.Need paused(Rollout rollout, boolean isOwn, Instant now) {
    return new HomePage.Need(
        "need-rollout-" + rollout.id(),
        "rollout",
        "waiting",
        title(rollout.model(), rollout.version()),
        "waits at %d %% of customers".formatted(rollout.weight()),
        rollout.because(),
        Timed.ago("begun ", rollout.startedAt(), now, ""),
        "/rollouts/" + rollout.id(),
        isOwn ? "Decide" : "Look",
        isOwn);
  }

  private static HomePage.Need alert(Alert alert, boolean isOwn, Instant now) {
    AlertPages.Row row = AlertPages.Row.of(alert, now);
    return new HomePage.Need(
        "need-alert-" + alert.id(),
        "alert",
        row.tone(),
        row.about(),
        "· " + alert.title(),
        "%s, as of %s".formatted(row.consequence(), Words.date(alert.openedAsOf())),
        Timed.ago("", row.at(), now, ""),
        "/alerts/" + alert.id(),
        "Look",
        isOwn);
  }

  private static HomePage.Need broken(RefusedFile refused, boolean isOwn) {
    RefusedFile.Fault first = refused.faults().get(0);
    String more =
        refused.faults().size() == 1 ? "" : ", and %d more".formatted(refused.faults().size() - 1);
    return new HomePage.Need(
        "need-" + refused.id(),
        "file",
        "failed",
        refused.file(),
        "can't be published",
        (first.place().isEmpty() ? "" : first.place() + ": ") + first.message() + more,
        Timed.ago("", refused.at(), Instant.now(), ""),
        "/pipelines#" + refused.id(),
        "Look",
        isOwn);
  }

  private static HomePage.Need failure(Run run, boolean isOwn, Instant now) {
    return new HomePage.Need(
        "need-run-" + run.id(),
        "failed",
        "failed",
        run.pipeline(),
        "failed in its last run",
        run.error() == null ? "" : run.error().message(),
        Timed.ago("", run.endedAt() == null ? run.createdAt() : run.endedAt(), now, ""),
        "/runs/" + run.id(),
        "Look",
        isOwn);
  }

  private List<HomePage.LiveRow> live(Instant now) {
    Store open = store.get();
    List<LiveRoute> live = open.models().live().stream().limit(MOST_LIVE).toList();
    Watches watches = Watches.of(open, live);
    Map<Long, List<String>> approvers = Votes.approvers(open.approvals(), live);
    return live.stream()
        .map(
            route -> {
              Health health = watches.of(route.model());
              return new HomePage.LiveRow(
                  route.model(),
                  route.version(),
                  route.since(),
                  Words.ago(route.since(), now),
                  String.join(", ", approvers.getOrDefault(route.approvalId(), List.of())),
                  health.word(),
                  health.tone());
            })
        .toList();
  }
}
