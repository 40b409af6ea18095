package dev.airlock.store;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * A part of all monitors, those first that need somebody most, and how many of all do. First stand
 * those where outcomes or service are confirmed to be out of bounds, then those with another open
 * alert, those whose bound is crossed, those of whose live version too little is known, and the
 * others; within each by model and name. A monitor whose standing changes while somebody turns the
 * pages is met where it then stands.
 *
 * @param page of them
 * @param all how many there are
 * @param outOfBounds how many have an open alert or a bound that is crossed
 * @param unknown of how many others too little is known
 */
public record MonitorRanking(Page<Monitor> page, long all, long outOfBounds, long unknown) {

  /** As one string without a line break in it, since no name has one. */
  private record Place(int standing, String model, String name) {
    static final Place START = new Place(Integer.MAX_VALUE, "", "");

    static Place read(String cursor) {
      String[] parts = Page.after(cursor).split("\n", 3);
      if (parts.length < 3 || !parts[0].matches("[0-4]")) {
        throw new InvalidCursorException(cursor);
      }
      return new Place(Integer.parseInt(parts[0]), parts[1], parts[2]);
    }

    String text() {
      return standing + "\n" + model + "\n" + name;
    }
  }

  private record Ranked(Monitor monitor, Place place) {}

  /*
   * Rules have already told noise from a breach, so their memory is asked rather than windows; but
   * no rule speaks of a shift of inputs where none has been declared.
   */
  private static final String RANKED =
      """
      with alarm as (
        select a.monitor_id,
               coalesce(bool_or(
                 s.fired_as_of >= a.opened_as_of
                 and coalesce(condition ->> 'signal', condition ->> 'metric') not in (
                   'PSI', 'KS', 'JENSEN_SHANNON', 'SCORE_SHIFT', 'PREDICTIONS', 'AGE_DAYS')),
                 false) as is_grave
        from alert a
        join monitor m on m.id = a.monitor_id
        left join routing live on live.model = m.model
        cross join lateral (
          select case when a.cause ~ '^monitor/[0-9]+/rule/[0-9]{1,6}$'
                      then split_part(a.cause, '/', 4)::int end) as fired(rule)
        cross join lateral (
          select m.spec -> 'rules' -> fired.rule -> 'condition') as one(condition)
        left join rule_state s
          on s.monitor_id = m.id and s.rule = fired.rule and s.version = live.version
        where a.state <> 'closed'
        group by a.monitor_id),
      crossed as (
        select distinct s.monitor_id
        from rule_state s
        join monitor m on m.id = s.monitor_id
        join routing live on live.model = m.model and live.version = s.version
        where s.streak > 0),
      ranked as materialized (
        select m.id, m.model, m.name,
               case when alarm.is_grave then 4
                    when alarm.monitor_id is not null then 3
                    when live.version is null then 0
                    when crossed.monitor_id is not null or seen.has_moved then 2
                    when seen.is_unknown then 1
                    else 0 end as standing
        from monitor m
        left join routing live on live.model = m.model
        left join alarm on alarm.monitor_id = m.id
        left join crossed on crossed.monitor_id = m.id
        left join lateral (
          select coalesce(thin_drift.opens > drift.opens, drift.opens is null)
                   or coalesce(thin_truth.opens > truth.opens,
                               truth.opens is null and thin_truth.opens is not null)
                   as is_unknown,
                 not m.spec @> '{"rules": [{"condition": {"signal": "PSI"}}]}'
                   and coalesce((
                     select (figures ->> 'psi')::float8 >= :large from monitor_window
                     where monitor_id = m.id and version = live.version and aspect = 'drift'
                       and sufficient
                     order by opens desc limit 1), false) as has_moved
          from (select) as one
          left join lateral (
            select opens from monitor_window
            where monitor_id = m.id and version = live.version and aspect = 'drift' and sufficient
            order by opens desc limit 1) as drift on true
          left join lateral (
            select opens from monitor_window
            where monitor_id = m.id and version = live.version and aspect = 'drift'
              and not sufficient
            order by opens desc limit 1) as thin_drift on true
          left join lateral (
            select opens from monitor_window
            where monitor_id = m.id and version = live.version and aspect = 'performance'
              and sufficient
            order by opens desc limit 1) as truth on true
          left join lateral (
            select opens from monitor_window
            where monitor_id = m.id and version = live.version and aspect = 'performance'
              and not sufficient
            order by opens desc limit 1) as thin_truth on true
        ) as seen on alarm.monitor_id is null and live.version is not null)
      select total.*, part.standing, m.*
      from (
        select count(*) as total, count(*) filter (where standing >= 2) as total_out,
               count(*) filter (where standing = 1) as total_unknown
        from ranked) as total
      left join (
        select id, standing from ranked
        where standing < :standing
          or (standing = :standing and (model, name) > (:model, :name))
        order by standing desc, model, name
        limit :limit) as part on true
      left join monitor m on m.id = part.id
      order by part.standing desc, m.model, m.name
      """;

  /** A population stability index from here on is a large shift. */
  private static final double LARGE_SHIFT = 0.2;

  static MonitorRanking read(Handle handle, int limit, @Nullable String cursor) {
    Place after = cursor == null ? Place.START : Place.read(cursor);
    List<Ranked> ranked = new ArrayList<>();
    long[] totals = new long[3];
    handle
        .createQuery(RANKED)
        .bind("large", LARGE_SHIFT)
        .bind("standing", after.standing())
        .bind("model", after.model())
        .bind("name", after.name())
        .bind("limit", limit + 1)
        .registerRowMapper(ConstructorMapper.factory(Monitor.class))
        .reduceRows(
            ranked,
            (found, row) -> {
              totals[0] = row.getColumn("total", Long.class);
              totals[1] = row.getColumn("total_out", Long.class);
              totals[2] = row.getColumn("total_unknown", Long.class);
              if (row.getColumn("id", Long.class) != null) {
                Monitor monitor = row.getRow(Monitor.class);
                int standing = row.getColumn("standing", Integer.class);
                found.add(
                    new Ranked(monitor, new Place(standing, monitor.model(), monitor.name())));
              }
              return found;
            });
    Page<Ranked> page = Page.ofNames(ranked, limit, one -> one.place().text());
    return new MonitorRanking(
        new Page<>(page.items().stream().map(Ranked::monitor).toList(), page.next()),
        totals[0],
        totals[1],
        totals[2]);
  }
}
