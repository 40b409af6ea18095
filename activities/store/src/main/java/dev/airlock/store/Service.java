package dev.airlock.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** What gateways have counted. */
@RegisterConstructorMapper(ServiceSample.class)
public interface Service extends SqlObject {

  /** How many samples are read at once from a window, which may hold millions. */
  int ROWS_AT_ONCE = 5_000;

  /** How long samples are kept: longer than any window that is still to be measured. */
  Duration KEPT = Duration.ofDays(400);

  /**
   * Adds samples, in one statement. Idempotent under (gateway, model, version, second, event day):
   * the first stays.
   */
  default void store(List<ServiceSample> samples) {
    if (samples.isEmpty()) {
      return;
    }
    getHandle()
        .createUpdate(
            """
            insert into service_sample (gateway, model, version, at, as_of, requests,
                                        predictions, errors, latency)
            select * from unnest(:gateways, :models, :versions, :ats::timestamptz[],
                                 :asOfs::date[], :requests, :predictions, :errors,
                                 :latencies)
            on conflict do nothing
            """)
        .bindArray("gateways", String.class, column(samples, ServiceSample::gateway))
        .bindArray("models", String.class, column(samples, ServiceSample::model))
        .bindArray("versions", Integer.class, column(samples, ServiceSample::version))
        .bindArray("ats", String.class, column(samples, sample -> sample.at().toString()))
        .bindArray("asOfs", String.class, column(samples, sample -> sample.asOf().toString()))
        .bindArray("requests", Long.class, column(samples, ServiceSample::requests))
        .bindArray("predictions", Long.class, column(samples, ServiceSample::predictions))
        .bindArray("errors", Long.class, column(samples, ServiceSample::errors))
        .bindArray("latencies", String.class, column(samples, ServiceSample::latency))
        .execute();
  }

  private static Object[] column(
      List<ServiceSample> samples, Function<ServiceSample, Object> component) {
    return samples.stream().map(component).toArray();
  }

  /** A version's samples from a moment on, by the gateways' clock, oldest first. */
  @SqlQuery(
      """
      select * from service_sample
      where model = :model and version = :version and at >= :since
      order by at, gateway, as_of
      """)
  List<ServiceSample> since(String model, int version, Instant since);

  /**
   * Reads a version's samples of a span of event time one by one, in no order: a month of a busy
   * model has millions.
   *
   * @param opens the first moment; samples know whole days (UTC) only
   * @param closes the first moment after the span
   */
  default void readOfEvents(
      String model, int version, Instant opens, Instant closes, Consumer<ServiceSample> reader) {
    // PostgreSQL hands out rows bit by bit only within a transaction.
    getHandle()
        .useTransaction(
            handle ->
                handle
                    .createQuery(
                        """
                        select * from service_sample
                        where model = :model and version = :version
                          and as_of >= (:opens::timestamptz at time zone 'UTC')::date
                          and as_of < (:closes::timestamptz at time zone 'UTC')::date
                        """)
                    .bind("model", model)
                    .bind("version", version)
                    .bind("opens", opens)
                    .bind("closes", closes)
                    .setFetchSize(ROWS_AT_ONCE)
                    .mapTo(ServiceSample.class)
                    .forEach(reader));
  }

  /** Forgets what gateways have counted before, by their clock. */
  @SqlUpdate(
      """
      with minutes as (delete from service_minute where at < :before)
      delete from service_sample where at < :before
      """)
  int forget(Instant before);
}
