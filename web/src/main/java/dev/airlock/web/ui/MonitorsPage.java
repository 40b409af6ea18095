package dev.airlock.web.ui;

import dev.airlock.store.LiveRoute;
import dev.airlock.store.Monitor;
import dev.airlock.store.MonitorCheck;
import dev.airlock.store.Page;
import dev.airlock.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All monitors: what each watches, when it looked last, and what is out of bounds.
 *
 * @param summary in one sentence; empty where there is no monitor
 * @param rows those first that need somebody most
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
      long alerts,
      int rank) {}

  static MonitorsPage of(Store store, Chrome chrome, @Nullable String cursor, Instant now) {
    Page<Monitor> page = store.monitors().page(null, PER_PAGE, cursor);
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
    rows.sort(Comparator.comparingInt(Row::rank).reversed());
    return new MonitorsPage(
        chrome,
        summary(rows, page.next() != null),
        rows,
        cursor == null ? unwatched(store, live.keySet()) : List.of(),
        page.next() == null ? null : "/monitoring?cursor=" + page.next());
  }

  /** Too little data is never a pass: that nothing was found may mean that nothing is known. */
  private static String summary(List<Row> rows, boolean isPart) {
    if (rows.isEmpty()) {
      return "";
    }
    long out = rows.stream().filter(row -> row.rank() >= 2 || row.alerts() > 0).count();
    long unknown = rows.stream().filter(row -> row.rank() == 1 && row.alerts() == 0).count();
    String of = Words.counted(rows.size(), "monitor", "monitors") + (isPart ? " in this part" : "");
    if (out > 0) {
      return "Something is out of bounds, or an alert is open: %d of %s.".formatted(out, of);
    }
    return unknown > 0
        ? "Nothing is known to be out of bounds; too little is known yet: %d of %s."
            .formatted(unknown, of)
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
        Words.duration(monitor.every()),
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
            .count(),
        health == null ? 0 : Health.rank(health));
  }

  private static List<String> unwatched(Store store, Set<String> live) {
    Set<String> watched =
        store.monitors().list().stream().map(Monitor::model).collect(Collectors.toSet());
    return live.stream()
        .filter(model -> !watched.contains(model))
        .sorted()
        .limit(MOST_UNWATCHED)
        .toList();
  }
}
