package dev.airlock.web.ui;

import dev.airlock.store.Approval;
import dev.airlock.store.Approvals;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.Rollout;
import dev.airlock.store.Run;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.ui.Chrome.Crumb;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RunState;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The first page: what waits for the viewer, and how everything else is. */
public final class HomePages {
  private static final int MOST_APPROVALS = 20;
  private static final int MOST_ALERTS = 20;

  /** Those that somebody has in hand are open, too, and are passed over. */
  private static final int MOST_OPEN = 1_000;

  private final Supplier<Store> store;
  private final Frame frame;
  private final PipelineRows rows;

  public HomePages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
    this.rows = new PipelineRows(store);
  }

  /** The page. */
  public record HomePage(
      Chrome chrome,
      String headline,
      String rest,
      String needsTitle,
      List<Need> needs,
      List<PipelineRow> pipelines,
      List<LiveRow> live,
      List<RolloutPages.Row> rollouts) {

    /**
     * Something that a person should look at.
     *
     * @param primary whether it is the viewer's own to do
     */
    public record Need(
        String kind,
        String tone,
        String name,
        String wants,
        String detail,
        String when,
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
    List<HomePage.Need> questions = questions(caller, now);
    List<HomePage.Need> needs = new ArrayList<>(questions);
    List<Rollout> rollouts = store.get().rollouts().active();
    rollouts.stream()
        .filter(rollout -> rollout.state() == RolloutState.PAUSED)
        .map(rollout -> paused(rollout, caller.may(Permission.ROLL_OUT), now))
        .forEach(needs::add);
    RefusedFile.all(store.get(), now).forEach(refused -> needs.add(broken(refused)));
    needs.addAll(alerts(now));
    needs.addAll(failures(now));
    long own = questions.stream().filter(HomePage.Need::primary).count();
    frame.render(
        ctx,
        "home",
        new HomePage(
            frame
                .chrome(ctx, "Home", "home", Crumb.here("Home"))
                .following("runs", "rollouts", "models", "alerts", "approvals", "pipelines"),
            headline(own, questions.size(), needs.size()),
            rest(needs.size()),
            own > 0 || needs.isEmpty() ? "Needs you" : "What it is",
            needs,
            rows.all(now),
            live(now),
            rollouts.stream().map(rollout -> RolloutPages.Row.of(rollout, now)).toList()));
  }

  private static String headline(long own, long open, long needs) {
    if (own > 0) {
      return Words.few(own) + (own == 1 ? " decision waits for you" : " decisions wait for you");
    }
    if (open > 0) {
      return "Nothing waits for you, but for others";
    }
    return needs == 0
        ? "Nothing waits for you"
        : Words.few(needs) + (needs == 1 ? " thing needs somebody" : " things need somebody");
  }

  private static String rest(int needs) {
    return needs == 0 ? "Everything runs as it should." : "Everything else runs.";
  }

  private List<HomePage.Need> questions(Caller caller, Instant now) {
    Approvals approvals = store.get().approvals();
    return approvals
        .listBefore(ApprovalStanding.State.OPEN, Long.MAX_VALUE, MOST_APPROVALS)
        .stream()
        .map(approval -> question(approval, mayDecide(approvals, approval, caller), now))
        .toList();
  }

  static boolean mayDecide(Approvals approvals, Approval approval, Caller caller) {
    return caller.may(Permission.DECIDE)
        && !approval.requestedBy().equals(caller.name())
        && approvals.isEntitled(caller.name(), approval.askedOf());
  }

  private HomePage.Need question(Approval approval, boolean isOwn, Instant now) {
    String metrics =
        store
            .get()
            .models()
            .version(approval.model(), approval.version())
            .map(version -> Outputs.headline(version.judgement()) + " · ")
            .orElse("");
    return new HomePage.Need(
        "approval",
        "waiting",
        "%s v%d".formatted(approval.model(), approval.version()),
        "wants to go live",
        "%sasked by %s, %s · decided by %s"
            .formatted(
                metrics,
                approval.requestedBy(),
                Words.ago(approval.openedAt(), now),
                approval.askedOf()),
        "expires " + Words.until(approval.expiresAt(), now),
        "/approvals/" + approval.id(),
        isOwn ? "Review" : "Look",
        isOwn);
  }

  private static HomePage.Need paused(Rollout rollout, boolean isOwn, Instant now) {
    return new HomePage.Need(
        "rollout",
        "waiting",
        "%s v%d".formatted(rollout.model(), rollout.version()),
        "waits at %d %% of customers".formatted(rollout.weight()),
        rollout.because(),
        "since " + Words.ago(rollout.startedAt(), now),
        "/rollouts/" + rollout.id(),
        isOwn ? "Decide" : "Look",
        isOwn);
  }

  /** Those that nobody has in hand. */
  private List<HomePage.Need> alerts(Instant now) {
    return store.get().alerts().list(null, "open", null, MOST_OPEN).stream()
        .filter(alert -> alert.state().equals("open"))
        .limit(MOST_ALERTS)
        .map(
            alert -> {
              AlertPages.Row row = AlertPages.Row.of(alert, now);
              return new HomePage.Need(
                  "alert",
                  row.tone(),
                  row.about(),
                  "· " + alert.title(),
                  "%s, as of %s".formatted(row.consequence(), row.asOf()),
                  row.ago(),
                  "/alerts/" + alert.id(),
                  "Look",
                  false);
            })
        .toList();
  }

  private List<HomePage.Need> failures(Instant now) {
    Store open = store.get();
    List<HomePage.Need> needs = new ArrayList<>();
    for (PipelineSummary pipeline : open.pipelines().list()) {
      Long last = pipeline.lastRunId();
      if (last != null && pipeline.lastRunState() == RunState.FAILED) {
        open.runs().find(last).ifPresent(run -> needs.add(failure(run, now)));
      }
    }
    return needs;
  }

  private static HomePage.Need broken(RefusedFile refused) {
    RefusedFile.Fault first = refused.faults().get(0);
    String more =
        refused.faults().size() == 1 ? "" : ", and %d more".formatted(refused.faults().size() - 1);
    return new HomePage.Need(
        "file",
        "failed",
        refused.file(),
        "can't be published",
        (first.place().isEmpty() ? "" : first.place() + ": ") + first.message() + more,
        refused.ago(),
        "/pipelines",
        "Look",
        false);
  }

  private static HomePage.Need failure(Run run, Instant now) {
    return new HomePage.Need(
        "failed",
        "failed",
        run.pipeline(),
        "failed in its last run",
        run.error() == null ? "" : run.error().message(),
        Words.ago(run.endedAt() == null ? run.createdAt() : run.endedAt(), now),
        "/runs/" + run.id(),
        "Look",
        false);
  }

  private List<HomePage.LiveRow> live(Instant now) {
    Store open = store.get();
    return open.models().live().stream()
        .map(
            route -> {
              Health health = Health.of(open, route.model(), route.version());
              return new HomePage.LiveRow(
                  route.model(),
                  route.version(),
                  route.since(),
                  Words.ago(route.since(), now),
                  String.join(", ", Votes.approvers(open.approvals(), route.approvalId())),
                  health.word(),
                  health.tone());
            })
        .toList();
  }
}
