package dev.airlock.store;

import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Rollouts, and what people and the analysis say of them. */
@RegisterConstructorMapper(Rollout.class)
@RegisterConstructorMapper(RolloutDetail.Shift.class)
@RegisterConstructorMapper(RolloutDetail.Look.class)
@RegisterConstructorMapper(RolloutDetail.Control.class)
@RegisterConstructorMapper(Rollouts.TrafficPoint.class)
public interface Rollouts extends SqlObject {

  @SqlQuery("select * from rollout where id = :id")
  Optional<Rollout> find(long id);

  /** The rollout that a command has begun. */
  @SqlQuery("select * from rollout where command_id = :commandId")
  Optional<Rollout> ofCommand(long commandId);

  /** The rollout with all that has happened in it. */
  @Transaction
  default Optional<RolloutDetail> detail(long id) {
    return find(id).map(rollout -> new RolloutDetail(rollout, shifts(id), looks(id), controls(id)));
  }

  /** The changes of the split, in their order. */
  @SqlQuery("select * from rollout_shift where rollout_id = :id order by sequence")
  List<RolloutDetail.Shift> shifts(long id);

  /** The analyses, in their order. */
  @SqlQuery("select * from rollout_analysis where rollout_id = :id order by number")
  List<RolloutDetail.Look> looks(long id);

  /** What people asked for, in the order in which they did. */
  @SqlQuery("select * from rollout_control where rollout_id = :id order by id")
  List<RolloutDetail.Control> controls(long id);

  /** The one that is under way. */
  @SqlQuery("select * from rollout where model = :model and state in ('progressing', 'paused')")
  Optional<Rollout> active(String model);

  /** All that are under way, oldest first. */
  @SqlQuery("select * from rollout where state in ('progressing', 'paused') order by id")
  List<Rollout> active();

  /**
   * Rollouts, newest first.
   *
   * @param model only this model's, or null
   * @param state only those in this state, or {@code active} for all that are under way, or null
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Rollout> list(
      @Nullable String model, @Nullable String state, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        listBefore(model, state, Page.before(cursor), bounded + 1), bounded, Rollout::id);
  }

  /** The rows behind {@link #list}. */
  @SqlQuery(
      """
      select * from rollout
      where id < :before and (:model::text is null or model = :model)
        and (:state::text is null or state = :state
             or (:state = 'active' and state in ('progressing', 'paused')))
      order by id desc limit :limit
      """)
  List<Rollout> listBefore(@Nullable String model, @Nullable String state, long before, int limit);

  /**
   * Writes down what a person wants and has it carried to the rollout's workflow, in one
   * transaction.
   *
   * @return the control's id, Conflict where the rollout is over, or Forbidden where traffic may
   *     rise and the model is in other hands
   * @throws UnknownEntityException where there is no such rollout
   */
  @Transaction
  default CommandRequest request(
      long rolloutId, RolloutControl.Kind kind, Acting acting, String reason) {
    Handle handle = getHandle();
    Rollout rollout =
        find(rolloutId)
            .orElseThrow(
                () -> new UnknownEntityException("There is no rollout " + rolloutId + "."));
    if (rollout.state().isOver()) {
      return new CommandRequest.Conflict(
          "Rollout %d is over: %s.".formatted(rolloutId, Words.of(rollout.state())));
    }
    if (kind == RolloutControl.Kind.PROMOTE || kind == RolloutControl.Kind.RESUME) {
      Optional<String> objection =
          handle.attach(Ownership.class).objectionToMore(acting.actor(), rollout.model());
      if (objection.isPresent()) {
        CommandRequest refused = new CommandRequest.Forbidden(objection.get());
        CommandAudit.refused(handle, rollout.model(), refused, acting, reason);
        return refused;
      }
    }
    long id =
        handle
            .createQuery(
                """
                insert into rollout_control (rollout_id, kind, requested_by, reason)
                values (:rollout, :kind, :by, :reason)
                returning id
                """)
            .bind("rollout", rolloutId)
            .bind("kind", kind)
            .bind("by", acting.actor())
            .bind("reason", reason)
            .mapTo(Long.class)
            .one();
    Audit.record(
        handle,
        acting
            .did(AuditAction.STEER_ROLLOUT, "rollout", rolloutId)
            .before(Map.of("state", Words.of(rollout.state()), "weight", rollout.weight()))
            .after(Map.of("control", id, "kind", Words.of(kind), "reason", reason)));
    Outbox.post(handle, OutboxKind.ROLLOUT_CONTROL, id);
    return new CommandRequest.Recorded(id);
  }

  /** What got no answer yet, in the order in which it was asked. */
  @SqlQuery(
      """
      select * from rollout_control where rollout_id = :rolloutId and taken is null order by id
      """)
  List<RolloutDetail.Control> unsettled(long rolloutId);

  @SqlQuery("select * from rollout_control where id = :controlId")
  Optional<RolloutDetail.Control> control(long controlId);

  /** The rollout that a control is about. */
  @SqlQuery("select rollout_id from rollout_control where id = :controlId")
  Optional<Long> controlled(long controlId);

  /**
   * Asks for a rollout of a version that holds an unrevoked approval, or that was live before,
   * outside a run.
   *
   * @param canaryJson steps and conditions: {@code {"steps": [{"weight": 5, "hold": "PT30M"},
   *     {"weight": 100}], "promoteWhile": […]}}
   * @return a model_command's id, Forbidden without an approval, Conflict while another is under
   *     way
   * @throws InvalidParamsException with everything that is wrong with the steps
   * @throws UnknownEntityException where there is no such version
   */
  @Transaction
  default CommandRequest start(
      String model, int version, String canaryJson, Acting acting, String reason) {
    CommandRequest request =
        RolloutRequests.start(
            getHandle(), model, version, CanaryPlan.read(canaryJson), acting, reason);
    CommandAudit.refused(getHandle(), model, request, acting, reason);
    return request;
  }

  /** Keeps an analysis. Idempotent under (rollout, number): the first stays, and is answered. */
  @Transaction
  default RolloutAnalysis keep(
      long rolloutId, int number, int step, Instant since, RolloutAnalysis analysis) {
    getHandle()
        .createUpdate(
            """
            insert into rollout_analysis (rollout_id, number, step, since, verdict, findings)
            values (:rollout, :number, :step, :since, :verdict, :analysis::jsonb -> 'findings')
            on conflict (rollout_id, number) do nothing
            """)
        .bind("rollout", rolloutId)
        .bind("number", number)
        .bind("step", step)
        .bind("since", since)
        .bind("verdict", analysis.verdict())
        .bind("analysis", dev.airlock.workflows.Json.write(analysis))
        .execute();
    RolloutDetail.Look kept = look(rolloutId, number).orElseThrow();
    return new RolloutAnalysis(kept.verdict(), kept.findings());
  }

  /** One analysis. */
  @SqlQuery("select * from rollout_analysis where rollout_id = :rolloutId and number = :number")
  Optional<RolloutDetail.Look> look(long rolloutId, int number);

  /**
   * The scores that a version gave from a moment on, by the gateways' clock; at most {@code limit},
   * the first of them.
   */
  @SqlQuery(
      """
      select score from prediction
      where model = :model and version = :version and at >= :since
      order by at
      limit :limit
      """)
  List<Double> scoresSince(String model, int version, Instant since, int limit);

  /**
   * How long slices of traffic must be for no more than so many in a span.
   *
   * @return seconds: fewer than sixty, or whole minutes
   */
  static int slice(Duration span, int most) {
    long seconds = Math.max(1, (span.toSeconds() + most) / most);
    return Math.toIntExact(seconds < 60 ? seconds : (seconds + 59) / 60 * 60);
  }

  /** When the first slice of traffic since a moment begins. */
  static Instant firstSlice(Instant since, int seconds) {
    return since.truncatedTo(seconds < 60 ? ChronoUnit.SECONDS : ChronoUnit.MINUTES);
  }

  /**
   * Traffic from the second of a moment on, by version, in slices that begin there, or with its
   * minute.
   *
   * @param seconds how long a slice is, as {@link #slice} says it: a rollout may last for weeks
   */
  default List<TrafficPoint> traffic(
      String model, Instant since, @Nullable Instant until, int seconds) {
    if (seconds < 60) {
      return trafficOfSeconds(model, since, until, seconds);
    }
    Instant opens = since.truncatedTo(ChronoUnit.SECONDS);
    Instant first = opens.plusSeconds(59).truncatedTo(ChronoUnit.MINUTES);
    // A gateway's clock may be ahead of all others.
    Instant closes = until == null ? Instant.now().plus(Duration.ofDays(1)) : until;
    Instant last = closes.truncatedTo(ChronoUnit.MINUTES);
    return trafficOfMinutes(
        model, opens, first, last.isBefore(first) ? first : last, closes, seconds);
  }

  /** Of slices that are shorter than a minute. */
  @SqlQuery(
      """
      select date_bin(make_interval(secs => :seconds), at,
                      date_trunc('second', :since::timestamptz)) as at,
             :seconds as seconds, version, sum(requests)::bigint as requests,
             sum(predictions)::bigint as predictions, sum(errors)::bigint as errors
      from service_sample
      where model = :model and at >= date_trunc('second', :since::timestamptz)
        and (:until::timestamptz is null or at <= :until)
      group by 1, version
      order by 1, version
      """)
  List<TrafficPoint> trafficOfSeconds(
      String model, Instant since, @Nullable Instant until, int seconds);

  /** Of whole minutes from the first to the last, and of the seconds that the span has beside. */
  @SqlQuery(
      """
      select date_bin(make_interval(secs => :seconds), at,
                      date_trunc('minute', :opens::timestamptz, 'UTC')) as at,
             :seconds as seconds, version, sum(requests)::bigint as requests,
             sum(predictions)::bigint as predictions, sum(errors)::bigint as errors
      from (
        select at, version, requests, predictions, errors from service_minute
        where model = :model and at >= :first and at < :last
        union all
        select at, version, requests, predictions, errors from service_sample
        where model = :model and at <= :closes
          and (at >= :opens and at < :first or at >= :last)) as traffic
      group by 1, version
      order by 1, version
      """)
  List<TrafficPoint> trafficOfMinutes(
      String model, Instant opens, Instant first, Instant last, Instant closes, int seconds);

  /**
   * What a version answered in a slice of time; {@code predictions} are rows.
   *
   * @param at its first second
   * @param seconds how long it is
   */
  record TrafficPoint(
      Instant at, int seconds, int version, long requests, long predictions, long errors) {}

  /** Everything that the workflow of a rollout needs to know. */
  static RolloutPlan plan(Rollout rollout) {
    return new RolloutPlan(
        rollout.id(),
        rollout.commandId(),
        rollout.model(),
        rollout.version(),
        rollout.champion(),
        rollout.steps(),
        rollout.promoteWhile());
  }
}
