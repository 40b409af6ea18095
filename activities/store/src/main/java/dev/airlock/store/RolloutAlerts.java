package dev.airlock.store;

import dev.airlock.dsl.graph.RuleSpec.Consequence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Alerts of rollouts. That one is inconclusive is over as soon as it goes on or ends; that one has
 * rolled back stays open, acknowledged or not, until a later version has become live.
 */
final class RolloutAlerts {

  private RolloutAlerts() {}

  static String cause(long rolloutId) {
    return "rollout/" + rolloutId;
  }

  /** It waits for a person, although no person has paused it. */
  static void inconclusive(Handle handle, Rollout rollout) {
    if (!isPausedByPerson(handle, rollout.id())) {
      open(
          handle,
          rollout,
          Consequence.OPEN_TICKET,
          "The canary of version %d of %s asks what to do: %s"
              .formatted(rollout.version(), rollout.model(), rollout.because()));
    }
  }

  private static boolean isPausedByPerson(Handle handle, long rolloutId) {
    return handle
        .createQuery(
            """
            select coalesce((
              select kind = 'pause' from rollout_control
              where rollout_id = :rollout and kind in ('pause', 'resume')
                and coalesce(taken, true)
              order by id desc limit 1), false)
            """)
        .bind("rollout", rolloutId)
        .mapTo(Boolean.class)
        .one();
  }

  static void rolledBack(Handle handle, Rollout rollout) {
    closeSettled(handle, rollout.model());
    open(
        handle,
        rollout,
        Consequence.ROLL_BACK,
        "The canary of version %d of %s has rolled back: %s"
            .formatted(rollout.version(), rollout.model(), rollout.because()));
  }

  private static void open(Handle handle, Rollout rollout, Consequence consequence, String title) {
    handle
        .attach(Alerts.class)
        .open(
            new Alerts.NewAlert(
                rollout.model(),
                null,
                rollout.id(),
                cause(rollout.id()),
                Words.of(consequence),
                title,
                figures(handle, rollout.id()),
                asOf(handle, rollout.id())));
  }

  /** Those of the newest analysis. */
  private static Map<String, Double> figures(Handle handle, long rolloutId) {
    Map<String, Double> figures = new TreeMap<>();
    handle.attach(Rollouts.class).looks(rolloutId).stream()
        .reduce((earlier, later) -> later)
        .ifPresent(
            look ->
                look.findings()
                    .forEach(
                        finding -> {
                          if (finding.figure() != null) {
                            figures.put(finding.condition().figure(), finding.figure());
                          }
                        }));
    return figures;
  }

  /**
   * A rollout happens in the gateways' time; its run says what moment of the model it stands for.
   */
  private static Instant asOf(Handle handle, long rolloutId) {
    return handle
        .createQuery(
            """
            select coalesce(run.logical_date, o.started_at)
            from rollout o join model_command c on c.id = o.command_id
            left join run on run.id = c.run_id
            where o.id = :rollout
            """)
        .bind("rollout", rolloutId)
        .mapTo(Instant.class)
        .one();
  }

  /** Closes what is over. Idempotent, and quick where nothing is open. */
  static void closeSettled(Handle handle, String model) {
    Alerts alerts = handle.attach(Alerts.class);
    List<Settled> settled =
        handle
            .createQuery(
                """
                select * from (
                  select a.cause, o.id,
                         case when a.consequence = 'roll-back' then (
                                select format('Version %s is live.', h.version) from alias_history h
                                where h.model = o.model and h.version > o.version
                                  and h.at > o.ended_at
                                order by h.epoch limit 1)
                              when o.state = 'progressing' then 'The rollout goes on.'
                              when o.state <> 'paused' then format('The rollout is over: %s.', o.state)
                         end as why
                  from alert a join rollout o on o.id = a.rollout_id
                  where a.model = :model and a.state <> 'closed') as open
                where why is not null
                """)
            .bind("model", model)
            .map(
                (row, context) ->
                    new Settled(row.getString("cause"), row.getLong("id"), row.getString("why")))
            .list();
    settled.forEach(one -> alerts.recover(one.cause(), asOf(handle, one.rollout()), one.why()));
  }

  private record Settled(String cause, long rollout, String why) {}
}
