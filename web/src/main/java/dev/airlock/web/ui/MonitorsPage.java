package dev.airlock.web.ui;

import dev.airlock.store.LiveRoute;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.MonitorRanking;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All monitors: what each watches, when it looked last, and what is out of bounds.
 *
 * @param summary of all of them in one sentence; empty where there is no monitor
 * @param rows a part of them, those first that need somebody most
 * @param unwatched live models that no monitor watches; said on the first part only
 * @param moreLink to the monitors after these, or null
 */
public record MonitorsPage(
    Chrome chrome,
    String summary,
    List<Row> rows,
    List<String> unwatched,
    @Nullable String moreLink) {

  private static final int PER_PAGE = 25;
  private static final int MOST_UNWATCHED = 20;

  /**
   * A monitor.
   *
   * @param live the version that customers meet; empty for none
   * @param word how the model does, by this monitor
   * @param line what it rests on, or what is out of bounds
   * @param lastAsOf the moment that its newest check went by; empty where it has never looked
   * @param looked when that check was asked for, and how far it is
   * @param alerts how many of its alerts nobody has closed
   */
  public record Row(
      long id,
      String model,
      String monitor,
      String link,
      String live,
      String word,
      String tone,
      String line,
      boolean paused,
      String every,
      Timed lastAsOf,
      Timed looked,
      long alerts) {}

  static MonitorsPage of(Store store, Chrome chrome, @Nullable String cursor, Instant now) {
    MonitorRanking ranking = store.monitors().worstFirst(PER_PAGE, cursor);
    Page<Monitor> page = ranking.page();
    Map<String, LiveRoute> live =
        store.models().live().stream()
            .collect(Collectors.toMap(LiveRoute::model, route -> route, (one, other) -> one));
    List<String> models = page.items().stream().map(Monitor::model).distinct().toList();
    Watches watches =
        Watches.of(
            store,
            models,
            models.stream().flatMap(model -> Stream.ofNullable(live.get(model))).toList());
    Map<Long, MonitorCheck> checks =
        store.monitors().lastChecks(page.items().stream().map(Monitor::id).toList()).stream()
            .collect(Collectors.toMap(MonitorCheck::monitorId, check -> check));
    List<Row> rows = new ArrayList<>();
    for (Monitor monitor : page.items()) {
      rows.add(row(monitor, live.get(monitor.model()), checks.get(monitor.id()), watches, now));
    }
    return new MonitorsPage(
        chrome,
        summary(ranking),
        rows,
        cursor == null ? store.monitors().unwatched(MOST_UNWATCHED) : List.of(),
        page.next() == null ? null : "/monitoring?cursor=" + page.next());
  }

  /** Too little data is never a pass: that nothing was found may mean that nothing is known. */
  private static String summary(MonitorRanking ranking) {
    if (ranking.all() == 0) {
      return "";
    }
    String of = Words.counted(ranking.all(), "monitor", "monitors");
    if (ranking.outOfBounds() > 0) {
      return "Something is out of bounds, or an alert is open: %s of %s."
          .formatted(Words.count(ranking.outOfBounds()), of);
    }
    return ranking.unknown() > 0
        ? "Nothing is known to be out of bounds; too little is known yet: %s of %s."
            .formatted(Words.count(ranking.unknown()), of)
        : "Nothing is out of bounds: %s.".formatted(of);
  }

  private static Row row(
      Monitor monitor,
      @Nullable LiveRoute live,
      @Nullable MonitorCheck last,
      Watches watches,
      Instant now) {
    Health health = watches.by(monitor).orElse(null);
    return new Row(
        monitor.id(),
        monitor.model(),
        monitor.name(),
        "/models/%s/monitoring?monitor=%d".formatted(monitor.model(), monitor.id()),
        live == null ? "" : "v" + live.version(),
        health == null ? "nothing live" : health.word(),
        health == null ? "" : health.tone(),
        health == null ? "It looks once a version is live." : health.head(),
        monitor.paused(),
        Words.span(monitor.every()),
        last == null ? Timed.NOTHING : Timed.date("as of ", last.asOf(), ""),
        last == null
            ? Timed.NOTHING
            : Timed.ago(
                last.state().equals("done") ? "looked " : last.state() + ", asked for ",
                last.finishedAt() == null ? last.requestedAt() : last.finishedAt(),
                now,
                ""),
        watches.alerts(monitor.model()).stream()
            .filter(alert -> alert.cause().startsWith("monitor/%d/".formatted(monitor.id())))
            .count());
  }
}
