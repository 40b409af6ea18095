package dev.airlock.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Predictions that were given. */
@RegisterConstructorMapper(Prediction.class)
@RegisterConstructorMapper(PredictionSummary.class)
public interface Predictions extends SqlObject {

  /**
   * Stores predictions in one statement, then counts the labels that waited for them. Idempotent
   * under the prediction's id: one that is there already is passed over.
   *
   * @return how many were new
   */
  default int store(List<Prediction> predictions) {
    if (predictions.isEmpty()) {
      return 0;
    }
    int stored = insert(getHandle(), predictions);
    LabelLedger.settle(getHandle(), predictions.stream().map(Prediction::id).toList());
    return stored;
  }

  private static int insert(Handle handle, List<Prediction> predictions) {
    return handle
        .createUpdate(
            """
            insert into prediction (id, model, version, as_of, at, score, subject, inputs)
            select * from unnest(:ids, :models, :versions, :asOfs::timestamptz[],
                                 :ats::timestamptz[], :scores, :subjects, :inputs::jsonb[])
            on conflict (id) do nothing
            """)
        .bindArray("ids", UUID.class, column(predictions, Prediction::id))
        .bindArray("models", String.class, column(predictions, Prediction::model))
        .bindArray("versions", Integer.class, column(predictions, Prediction::version))
        .bindArray("asOfs", String.class, column(predictions, p -> p.asOf().toString()))
        .bindArray("ats", String.class, column(predictions, p -> p.at().toString()))
        .bindArray("scores", Double.class, column(predictions, Prediction::score))
        .bindArray("subjects", String.class, column(predictions, Prediction::subject))
        .bindArray("inputs", String.class, column(predictions, Prediction::inputs))
        .execute();
  }

  private static @Nullable Object[] column(
      List<Prediction> predictions, Function<Prediction, @Nullable Object> component) {
    return predictions.stream().map(component).toArray();
  }

  @SqlQuery("select * from prediction where id = :id")
  Optional<Prediction> find(UUID id);

  /** The model's predictions by version and day (UTC) that they were asked for, oldest first. */
  @SqlQuery(
      """
      select model, version, (as_of at time zone 'UTC')::date as as_of, count(*) as count,
             avg(score) as mean_score
      from prediction where model = :model
      group by 1, 2, 3 order by 3, 2
      """)
  List<PredictionSummary> summary(String model);

  /**
   * The last of that list. The index leads from day to day, so that nothing is counted but what is
   * given: a page can't wait for all that was ever asked for.
   *
   * @param most how many days of a version, at most
   */
  @SqlQuery(
      """
      with recursive known (version) as (
        select min(version) from prediction where model = :model
        union all
        select (select min(version) from prediction
                where model = :model and version > known.version)
        from known where known.version is not null
      ), found (version, day, number) as (
        select version, (select (max(as_of) at time zone 'UTC')::date from prediction
                         where model = :model and version = known.version), 1
        from known where version is not null
        union all
        select version, (select (max(as_of) at time zone 'UTC')::date from prediction
                         where model = :model and version = found.version
                           and as_of < found.day::timestamp at time zone 'UTC'), number + 1
        from found where day is not null and number < :most
      ), newest as (
        select version, day from found where day is not null
        order by day desc, version desc limit :most
      )
      select :model as model, version, day as as_of, count, mean_score
      from newest cross join lateral (
        select count(*) as count, avg(score) as mean_score from prediction
        where model = :model and version = newest.version
          and as_of >= newest.day::timestamp at time zone 'UTC'
          and as_of < (newest.day + 1)::timestamp at time zone 'UTC') as counted
      order by day, version
      """)
  List<PredictionSummary> newest(String model, int most);

  /** How many are stored. */
  @SqlQuery("select count(*) from prediction")
  long count();
}
