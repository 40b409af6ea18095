package dev.airlock.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** How often sensors have looked. One row a sensor, however long it looks. */
@RegisterConstructorMapper(SensorLooks.Looks.class)
public interface SensorLooks extends SqlObject {

  /**
   * The looks of one sensor.
   *
   * @param looks all of them
   * @param faults those that failed, one after the other, up to the last one
   * @param nextAt null where it looks no more
   */
  record Looks(
      long runId,
      String stage,
      int looks,
      int faults,
      Instant lastAt,
      @Nullable Instant nextAt,
      @Nullable String lastFault) {}

  /**
   * Notes a look.
   *
   * @param pause until the next one; null for the last
   * @param fault why it could not look; null where it could
   * @return how many looks have failed one after the other, up to this one
   */
  @SqlQuery(
      """
      insert into sensor_look as s (run_id, stage, looks, faults, next_at, last_fault)
      values (:runId, :stage, 1, case when :fault::text is null then 0 else 1 end,
              clock_timestamp() + :pause, :fault)
      on conflict (run_id, stage) do update
        set looks = s.looks + 1,
            faults = case when excluded.last_fault is null then 0 else s.faults + 1 end,
            last_at = excluded.last_at, next_at = excluded.next_at,
            last_fault = coalesce(excluded.last_fault, s.last_fault)
      returning faults
      """)
  int note(long runId, String stage, @Nullable Duration pause, @Nullable String fault);

  /** Those of a run. */
  @SqlQuery("select * from sensor_look where run_id = :runId")
  List<Looks> ofRun(long runId);
}
