package dev.airlock.web.ui;

import dev.airlock.store.Alert;
import dev.airlock.store.Monitor;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Query;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What somebody should know: the list, and one alert with its figures and what followed. */
public final class AlertPages {
  private static final int PER_PAGE = 30;
  private static final int MOST_OPEN = 100;
  private static final String OPEN = "open";
  private static final String CLOSED = "closed";

  private final Supplier<Store> store;
  private final Frame frame;

  public AlertPages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * The list.
   *
   * @param open null where only closed ones are wanted
   * @param moreOpen where the next open ones are; null where these are all
   * @param closed null where only open ones are wanted
   * @param moreClosed where the next closed ones are; null where these are all
   */
  public record AlertsPage(
      Chrome chrome,
      List<RunPages.RunsPage.Filter> filters,
      String model,
      @Nullable List<Row> open,
      @Nullable String moreOpen,
      @Nullable List<Row> closed,
      @Nullable String moreClosed) {}

  /** An alert in a list. */
  public record Row(
      long id,
      String title,
      String about,
      String aboutLink,
      String state,
      String tone,
      String consequence,
      String ago,
      Instant at,
      Timed asOf,
      String fate) {

    static Row of(Alert alert, Instant now) {
      return new Row(
          alert.id(),
          alert.title(),
          AlertPages.about(alert),
          alert.model() == null ? runLink(alert) : "/models/" + alert.model() + "/monitoring",
          alert.state(),
          AlertPages.tone(alert),
          AlertPages.consequence(alert),
          Words.ago(alert.openedAt(), now),
          alert.openedAt(),
          Timed.date("", alert.openedAsOf(), ""),
          alert.state().equals(CLOSED) ? alert.closedBecause() : "");
    }
  }

  /** One alert. */
  public record AlertPage(
      Chrome chrome,
      long id,
      String title,
      String state,
      String tone,
      String about,
      String aboutLink,
      Verdict verdict,
      List<RunPage.Fact> figures,
      String rule,
      List<RunPage.Fact> followed,
      List<RunPage.Fact> facts,
      boolean mayAcknowledge,
      String hindrance) {}

  private static String about(Alert alert) {
    return alert.model() == null ? "run " + alert.lateRunId() : alert.model();
  }

  private static String aboutLink(Alert alert) {
    return alert.model() == null ? runLink(alert) : "/models/" + alert.model();
  }

  private static String runLink(Alert alert) {
    return "/runs/" + alert.lateRunId();
  }

  private static String tone(Alert alert) {
    if (alert.state().equals(CLOSED)) {
      return "succeeded";
    }
    return alert.consequence().equals("open-ticket") ? "waiting" : "failed";
  }

  private static String consequence(Alert alert) {
    return switch (alert.consequence()) {
      case "retrain" -> alert.runId() == null ? "retrain" : "retrain, run " + alert.runId();
      case "roll-back" -> "rollback";
      default -> "ticket";
    };
  }

  /** {@code GET /alerts}. */
  public void list(Context ctx) {
    String state = Query.text(ctx, "state");
    String model = Query.text(ctx, "model");
    String cursor = Query.text(ctx, "cursor");
    Instant now = Instant.now();
    Store stored = store.get();
    boolean isOpenAlone = OPEN.equals(state);
    Page<Alert> open =
        CLOSED.equals(state) || (cursor != null && !isOpenAlone)
            ? null
            : stored.alerts().page(model, OPEN, MOST_OPEN, isOpenAlone ? cursor : null);
    Page<Alert> closed =
        isOpenAlone
            ? new Page<>(List.of(), null)
            : stored.alerts().page(model, CLOSED, PER_PAGE, cursor);
    frame.render(
        ctx,
        "alerts",
        new AlertsPage(
            frame.chrome(ctx, "Alerts", "alerts", Crumb.here("Alerts")).following("alerts"),
            filters(state, model),
            model == null ? "" : model,
            open == null ? null : rows(open, now),
            open == null ? null : more(OPEN, model, open),
            isOpenAlone ? null : rows(closed, now),
            more(CLOSED, model, closed)));
  }

  private static List<Row> rows(Page<Alert> alerts, Instant now) {
    return alerts.items().stream().map(alert -> Row.of(alert, now)).toList();
  }

  private static @Nullable String more(String state, @Nullable String model, Page<Alert> shown) {
    return shown.next() == null ? null : link(state, model) + "&cursor=" + shown.next();
  }

  private static List<RunPages.RunsPage.Filter> filters(
      @Nullable String chosen, @Nullable String model) {
    List<RunPages.RunsPage.Filter> filters = new ArrayList<>();
    boolean isAll = !OPEN.equals(chosen) && !CLOSED.equals(chosen);
    filters.add(new RunPages.RunsPage.Filter("all", link(null, model), isAll ? "true" : null));
    for (String state : List.of(OPEN, CLOSED)) {
      filters.add(
          new RunPages.RunsPage.Filter(
              state, link(state, model), state.equals(chosen) ? "true" : null));
    }
    return filters;
  }

  private static String link(@Nullable String state, @Nullable String model) {
    String query = "";
    if (state != null) {
      query += "&state=" + state;
    }
    if (model != null) {
      query += "&model=" + Words.inQuery(model);
    }
    return query.isEmpty() ? "/alerts" : "/alerts?" + query.substring(1);
  }

  /** {@code GET /alerts/{id}}. */
  public void show(Context ctx) {
    long id = Query.id(ctx, "alert");
    Store open = store.get();
    Alert alert =
        open.alerts()
            .find(id)
            .orElseThrow(() -> new UnknownEntityException("There is no alert " + id + "."));
    Monitor monitor =
        alert.monitorId() == null ? null : open.monitors().find(alert.monitorId()).orElse(null);
    boolean mayAcknowledge = Caller.of(ctx).may(Permission.ACKNOWLEDGE);
    Instant now = Instant.now();
    frame.render(
        ctx,
        "alert",
        new AlertPage(
            frame
                .chrome(
                    ctx,
                    "Alert " + id,
                    "alerts",
                    new Crumb("Alerts", "/alerts"),
                    Crumb.here("Alert " + id))
                .following("alerts"),
            id,
            alert.title(),
            alert.state(),
            tone(alert),
            about(alert),
            aboutLink(alert),
            verdict(alert),
            Figures.facts(alert.figures()),
            rule(alert, monitor),
            followed(alert),
            facts(alert, monitor, now),
            mayAcknowledge && alert.state().equals(OPEN),
            hindrance(alert, mayAcknowledge)));
  }

  private static Verdict verdict(Alert alert) {
    String said = " as of " + Words.date(alert.openedAsOf()) + ".";
    if (alert.state().equals(CLOSED)) {
      Instant closed = alert.closedAsOf();
      return new Verdict(
          "good",
          "It is over" + (closed == null ? "." : " as of " + Words.date(closed) + "."),
          alert.closedBecause());
    }
    String text =
        switch (alert.consequence()) {
          case "retrain" ->
              alert.runId() == null
                  ? "No run of its own was started."
                  : "A new run trains a candidate, which must pass the same gate.";
          case "roll-back" -> "All traffic goes back to the version that was live before.";
          default ->
              alert.lateRunId() == null
                  ? "Somebody should look at it. Nothing has changed for customers."
                  : "It goes on all the same. This closes by itself when it has ended.";
        };
    return new Verdict(
        alert.consequence().equals("open-ticket") ? "wait" : "bad", "It is open" + said, text);
  }

  private static String rule(Alert alert, @Nullable Monitor monitor) {
    if (monitor == null) {
      return "";
    }
    for (int i = 0; i < monitor.spec().rules().size(); i++) {
      if (alert.cause().equals(Health.cause(monitor.id(), i))) {
        return MonitoringPicture.sentence(monitor.spec().rules().get(i), monitor);
      }
    }
    return "";
  }

  private static List<RunPage.Fact> followed(Alert alert) {
    List<RunPage.Fact> facts = new ArrayList<>();
    if (alert.runId() != null) {
      facts.add(new RunPage.Fact("Retrain", "run " + alert.runId(), "/runs/" + alert.runId()));
    }
    if (alert.commandId() != null) {
      facts.add(
          new RunPage.Fact("Rollback", "command " + alert.commandId(), "/models/" + alert.model()));
    }
    if (alert.rolloutId() != null) {
      facts.add(
          new RunPage.Fact(
              "Rollout", "rollout " + alert.rolloutId(), "/rollouts/" + alert.rolloutId()));
    }
    return facts;
  }

  private static List<RunPage.Fact> facts(Alert alert, @Nullable Monitor monitor, Instant now) {
    List<RunPage.Fact> facts = new ArrayList<>();
    facts.add(
        new RunPage.Fact(alert.model() == null ? "Run" : "Model", about(alert), aboutLink(alert)));
    if (monitor != null) {
      facts.add(
          new RunPage.Fact(
              "Found by",
              "monitor " + monitor.name(),
              "/models/%s/monitoring?monitor=%d".formatted(alert.model(), monitor.id())));
    }
    facts.add(RunPage.Fact.of("As of", Timed.date("", alert.openedAsOf(), "")));
    facts.add(RunPage.Fact.of("Opened", Timed.moment("", alert.openedAt(), "")));
    if (alert.acknowledgedBy() != null && alert.acknowledgedAt() != null) {
      facts.add(
          RunPage.Fact.of(
              "In hand of",
              Timed.ago(alert.acknowledgedBy() + ", ", alert.acknowledgedAt(), now, "")));
    }
    if (alert.closedAt() != null) {
      facts.add(RunPage.Fact.of("Closed", Timed.moment("", alert.closedAt(), "")));
    }
    return facts;
  }

  private static String hindrance(Alert alert, boolean may) {
    if (alert.state().equals(CLOSED)) {
      return "It has closed; nothing is left to do here.";
    }
    if (alert.acknowledgedBy() != null && alert.acknowledgedAt() != null) {
      return "%s has it in hand. It closes when it has recovered."
          .formatted(alert.acknowledgedBy());
    }
    return may ? "" : "Engineers, approvers and admins may take it in hand.";
  }

  /** {@code POST /alerts/{id}/acknowledge}, from a form. */
  public void acknowledge(Context ctx) {
    long id = Query.id(ctx, "alert");
    store.get().alerts().acknowledge(id, Caller.of(ctx).acting(ctx));
    ctx.redirect("/alerts/" + id + "?done=acknowledged", HttpStatus.SEE_OTHER);
  }
}
