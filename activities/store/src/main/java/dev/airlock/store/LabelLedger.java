package dev.airlock.store;

import dev.airlock.store.Feedback.Answer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Labels as rows. Whoever counts holds one lock, so that each statement sees all that was counted
 * before it, and no two wait for one another.
 */
final class LabelLedger {

  /** A label that is known so long after its maturity is late. */
  static final Duration LATE = Duration.ofDays(30);

  private static final int ROWS_AT_ONCE = 5_000;

  /** Whether a version gives probabilities, of what either came true or did not. */
  private static final String CLASSIFIES = "v.judgement #> '{metrics,auc}' is not null";

  private LabelLedger() {}

  static List<Answer> take(Handle handle, List<Feedback> feedback) {
    lock(handle);
    settleLocked(handle, feedback.stream().map(Feedback::predictionId).toList());
    return handle
        .createQuery(
            """
            with asked as materialized (
              select * from unnest(:ids, :labels, :values, :ats::timestamptz[])
                with ordinality as a(id, label, value, at, place)),
            judged as materialized (
              select a.*, p.as_of, coalesce(v.horizon_days, 0) as horizon, l.at is not null as done,
                     coalesce(l.label, w.label) as earlier, coalesce(l.value, w.value) as worth,
                     w.prediction_id is not null as waits,
                     max(a.at) over (partition by a.id, a.label, a.value) as latest,
                     case when p.id is null then 'unknown'
                          when <classifies> and a.label not in (0, 1) then 'invalid'
                          when a.at < p.as_of + make_interval(hours => 24 * coalesce(v.horizon_days, 0))
                          then 'too-early'
                          when a.at > p.as_of + make_interval(hours => 24 * coalesce(v.horizon_days, 0))
                                      + :late
                          then 'late'
                          else 'counted' end as state
              from asked a
              left join prediction p on p.id = a.id
              left join model_version v on v.model = p.model and v.version = p.version
              left join label l on l.prediction_id = a.id
              left join waiting_label w on w.prediction_id = a.id and p.id is null),
            chosen as materialized (
              select distinct on (id) * from judged
              where not done and state not in ('too-early', 'invalid') order by id, place),
            counted as (
              insert into label (prediction_id, label, value, at, late)
              select id, label, value, at, state = 'late' from chosen where state <> 'unknown'),
            kept as (
              insert into waiting_label as w (prediction_id, label, value, at)
              select id, label, value, latest from chosen where state = 'unknown'
              on conflict (prediction_id) do update set at = excluded.at
                where w.at < excluded.at and w.label = excluded.label
                  and w.value is not distinct from excluded.value)
            select j.id, j.at, j.as_of, j.horizon,
                   case when j.waits then j.earlier when j.done then j.earlier else c.label end
                     as earlier,
                   case when j.waits or j.done then j.worth else c.value end as worth,
                   case when j.state = 'unknown' or (j.state in ('too-early', 'invalid') and not j.done)
                          or c.place = j.place
                        then j.state
                        when j.done then
                          case when j.earlier = j.label and j.worth is not distinct from j.value
                               then 'duplicate' else 'conflict' end
                        when c.label = j.label and c.value is not distinct from j.value
                        then 'duplicate'
                        else 'conflict' end as state,
                   j.label,
                   case when j.waits then j.earlier <> j.label
                        else c.label is distinct from j.label end as differs
            from judged j left join chosen c on c.id = j.id
            order by j.place
            """)
        .define("classifies", CLASSIFIES)
        .bindArray("ids", UUID.class, column(feedback, Feedback::predictionId))
        .bindArray("labels", Double.class, column(feedback, Feedback::label))
        .bindArray("values", Double.class, column(feedback, Feedback::value))
        .bindArray("ats", String.class, column(feedback, item -> item.at().toString()))
        .bind("late", LATE)
        .setFetchSize(ROWS_AT_ONCE)
        .map((row, context) -> answer(row))
        .list();
  }

  private static @Nullable Object[] column(
      List<Feedback> feedback, Function<Feedback, @Nullable Object> component) {
    return feedback.stream().map(component).toArray();
  }

  private static Answer answer(ResultSet row) throws SQLException {
    Feedback.State state = Words.read(Feedback.State.class, row.getString("state"));
    return new Answer(row.getObject("id", UUID.class), state, detail(row, state));
  }

  private static String detail(ResultSet row, Feedback.State state) throws SQLException {
    return switch (state) {
      case COUNTED -> "";
      case LATE ->
          "Counted; more than %d days after the outcome could be known, at %s."
              .formatted(LATE.toDays(), matures(row));
      case DUPLICATE -> "The same was counted before.";
      case CONFLICT -> conflict(row);
      case TOO_EARLY -> tooEarly(instant(row, "at"), instant(row, "as_of"), row.getInt("horizon"));
      case INVALID -> invalid(row.getDouble("label"));
      case UNKNOWN ->
          row.getBoolean("differs")
              ? "No such prediction is stored. The label %s came first and waits for it."
                  .formatted(row.getDouble("earlier"))
              : "No such prediction is stored; the label waits for it.";
    };
  }

  private static String conflict(ResultSet row) throws SQLException {
    double earlier = row.getDouble("earlier");
    if (earlier != row.getDouble("label")) {
      return "The label %s was counted before, and stays.".formatted(earlier);
    }
    Double worth = row.getObject("worth", Double.class);
    return worth == null
        ? "The same label was counted before without a value, and stays so."
        : "The same label was counted before with the value %s, which stays.".formatted(worth);
  }

  private static Instant matures(ResultSet row) throws SQLException {
    return matures(instant(row, "as_of"), row.getInt("horizon"));
  }

  private static Instant matures(Instant asOf, int horizonDays) {
    return asOf.plus(Duration.ofDays(horizonDays));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getTimestamp(column).toInstant();
  }

  private static String tooEarly(Instant at, Instant asOf, int horizonDays) {
    return "The outcome can be known from %s on, %d days after %s; this label is of %s."
        .formatted(matures(asOf, horizonDays), horizonDays, asOf, at);
  }

  private static String invalid(double label) {
    return "The model gives a probability, whose outcome is 0 or 1; this label is %s."
        .formatted(label);
  }

  /**
   * Counts labels that waited, in a transaction of its own.
   *
   * @param ids only theirs, or null for all
   */
  static int settle(Handle handle, @Nullable List<UUID> ids) {
    if (!handle.inTransaction(transaction -> isAnyReady(transaction, ids))) {
      return 0;
    }
    return handle.inTransaction(
        transaction -> {
          lock(transaction);
          return settleLocked(transaction, ids);
        });
  }

  private static boolean isAnyReady(Handle transaction, @Nullable List<UUID> ids) {
    planAnew(transaction);
    return transaction
        .createQuery(
            """
            select exists (
              select from waiting_label w
              where w.refused is null and (:all or w.prediction_id = any(:ids))
                and exists (select from prediction p where p.id = w.prediction_id))
            """)
        .bind("all", ids == null)
        .bindArray("ids", UUID.class, (Object[]) array(ids))
        .mapTo(Boolean.class)
        .one();
  }

  private static UUID[] array(@Nullable List<UUID> ids) {
    return ids == null ? new UUID[0] : ids.toArray(UUID[]::new);
  }

  private static int settleLocked(Handle handle, @Nullable List<UUID> ids) {
    refuse(handle, ids);
    return handle
        .createUpdate(
            """
            with ready as (
              delete from waiting_label w using prediction p
                left join model_version v on v.model = p.model and v.version = p.version
              where p.id = w.prediction_id and w.refused is null
                and (:all or w.prediction_id = any(:ids))
              returning w.*, p.as_of + make_interval(hours => 24 * coalesce(v.horizon_days, 0))
                as matures)
            insert into label (prediction_id, label, value, at, late)
            select prediction_id, label, value, at, at > matures + :late from ready
            on conflict (prediction_id) do nothing
            """)
        .bind("all", ids == null)
        .bindArray("ids", UUID.class, (Object[]) array(ids))
        .bind("late", LATE)
        .execute();
  }

  /**
   * A label that came before its prediction and before its time, or that can't be of this model,
   * stays where it is, with why.
   */
  private static void refuse(Handle handle, @Nullable List<UUID> ids) {
    List<Refused> refused = new ArrayList<>();
    handle
        .createQuery(
            """
            select w.prediction_id, w.at, w.label, p.as_of, v.horizon_days,
                   <classifies> and w.label not in (0, 1) as invalid
            from waiting_label w
            join prediction p on p.id = w.prediction_id
            left join model_version v on v.model = p.model and v.version = p.version
            where w.refused is null and (:all or w.prediction_id = any(:ids))
              and (w.at < p.as_of + make_interval(hours => 24 * coalesce(v.horizon_days, 0))
                or <classifies> and w.label not in (0, 1))
            """)
        .define("classifies", CLASSIFIES)
        .bind("all", ids == null)
        .bindArray("ids", UUID.class, (Object[]) array(ids))
        .map(
            (row, context) ->
                new Refused(
                    row.getObject("prediction_id", UUID.class),
                    row.getBoolean("invalid")
                        ? invalid(row.getDouble("label"))
                        : tooEarly(
                            instant(row, "at"), instant(row, "as_of"), row.getInt("horizon_days"))))
        .forEach(refused::add);
    if (refused.isEmpty()) {
      return;
    }
    handle
        .createUpdate(
            """
            update waiting_label w set refused = r.reason
            from unnest(:ids, :reasons) as r(id, reason) where w.prediction_id = r.id
            """)
        .bindArray("ids", UUID.class, refused.stream().map(Refused::id).toArray())
        .bindArray("reasons", String.class, refused.stream().map(Refused::reason).toArray())
        .execute();
  }

  private record Refused(UUID id, String reason) {}

  private static void lock(Handle handle) {
    planAnew(handle);
    handle
        .createQuery("select pg_advisory_xact_lock(hashtextextended('airlock.label', 0))::text")
        .mapTo(String.class)
        .one();
  }

  /**
   * The plan that PostgreSQL keeps of a statement takes each list for one of ten: for a hundred
   * thousand it compares all with all, which takes minutes.
   */
  private static void planAnew(Handle transaction) {
    transaction.execute("set local plan_cache_mode = force_custom_plan");
  }

  static Labels.Labelled labelled(
      Handle handle, String model, int version, Instant opens, Instant closes, Instant asOf) {
    List<Double> scores = new ArrayList<>();
    List<Double> labels = new ArrayList<>();
    long[] unlabelled = new long[1];
    handle
        .createQuery(
            """
            select p.score, l.label
            from prediction p
            left join label l on l.prediction_id = p.id and l.at <= :asOf
            where p.model = :model and p.version = :version
              and p.as_of >= :opens and p.as_of < :closes
            order by p.as_of, p.id
            """)
        .bind("model", model)
        .bind("version", version)
        .bind("opens", opens)
        .bind("closes", closes)
        .bind("asOf", asOf)
        .setFetchSize(ROWS_AT_ONCE)
        .map(
            (row, context) ->
                new Scored(row.getDouble("score"), row.getObject("label", Double.class)))
        .forEach(
            scored -> {
              if (scored.label() == null) {
                unlabelled[0]++;
              } else {
                scores.add(scored.score());
                labels.add(scored.label());
              }
            });
    return new Labels.Labelled(scores, labels, unlabelled[0]);
  }

  private record Scored(double score, @Nullable Double label) {}
}
