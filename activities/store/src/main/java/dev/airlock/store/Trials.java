package dev.airlock.store;

import dev.airlock.workflows.StageError;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.TrialRequest;
import dev.airlock.workflows.TrialResult;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.json.Json;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Trials of single stages, and the results of runs that they read. */
@RegisterConstructorMapper(Trial.class)
@RegisterConstructorMapper(Run.class)
public interface Trials extends SqlObject {

  /** Writes down what is to be tried, and has it carried to Temporal, in one transaction. */
  @Transaction
  default long request(TrialRequest request, Acting acting) {
    Handle handle = getHandle();
    long id =
        handle
            .createQuery(
                """
                insert into trial (request, requested_by) values (:request::jsonb, :by)
                returning id
                """)
            .bind("request", dev.airlock.workflows.Json.write(request))
            .bind("by", acting.actor())
            .mapTo(Long.class)
            .one();
    Audit.record(handle, acting.did(AuditAction.START_TRIAL, "trial", id).after(request));
    Outbox.post(handle, OutboxKind.TRIAL, id);
    return id;
  }

  /**
   * Asks for a trial's end and has that carried to Temporal.
   *
   * @return false where it has ended
   * @throws UnknownEntityException where there is no such trial
   */
  @Transaction
  default boolean cancel(long id, Acting acting) {
    Trial trial =
        find(id).orElseThrow(() -> new UnknownEntityException("There is no trial " + id + "."));
    if (trial.state().isFinal()) {
      return false;
    }
    Handle handle = getHandle();
    int asked =
        handle
            .createUpdate(
                """
            update trial set cancel_requested_by = :by
            where id = :id and cancel_requested_by is null
            """)
            .bind("id", id)
            .bind("by", acting.actor())
            .execute();
    if (asked == 1) {
      Audit.record(handle, acting.did(AuditAction.CANCEL_TRIAL, "trial", id));
    }
    Outbox.post(handle, OutboxKind.CANCEL_TRIAL, id);
    return true;
  }

  @SqlQuery("select * from trial where id = :id")
  Optional<Trial> find(long id);

  /** Says that a worker has begun. */
  @SqlUpdate(
      """
      update trial set state = 'running', started_at = clock_timestamp()
      where id = :id and state = 'queued'
      """)
  boolean begin(long id);

  /** Ends a trial with what came of it. The first end stays. */
  @SqlUpdate(
      """
      update trial set state = 'succeeded', result = :result, ended_at = clock_timestamp()
      where id = :id and state in ('queued', 'running')
      """)
  boolean succeed(long id, @Json TrialResult result);

  /** Ends a trial that gave nothing. The first end stays. */
  @SqlUpdate(
      """
      update trial set state = :state, error = :error, ended_at = clock_timestamp()
      where id = :id and state in ('queued', 'running')
      """)
  boolean end(long id, Trial.State state, @Json @Nullable StageError error);

  /** The newest run of a pipeline in which all of these stages have given their results. */
  @SqlQuery(
      """
      select r.* from run r
      where r.pipeline = :pipeline
        and (select count(*) from stage s
             where s.run_id = r.id and s.name in (<stages>) and s.output is not null
               and s.state in ('succeeded', 'cached')) = :count
      order by r.id desc
      limit 1
      """)
  Optional<Run> newestWith(
      String pipeline,
      @BindList(onEmpty = BindList.EmptyHandling.NULL_STRING) List<String> stages,
      int count);

  /** What a stage of a run gave. */
  @SqlQuery(
      """
      select output from stage
      where run_id = :runId and name = :stage and state in ('succeeded', 'cached')
        and output is not null
      """)
  @Json
  Optional<StageOutput> output(long runId, String stage);

  /** What a stage of this name gave in the newest run of the pipeline that got through it. */
  @SqlQuery(
      """
      select s.output from stage s join run r on r.id = s.run_id
      where r.pipeline = :pipeline and s.name = :stage and s.state in ('succeeded', 'cached')
        and s.output is not null
      order by s.run_id desc
      limit 1
      """)
  @Json
  Optional<StageOutput> newestOutput(String pipeline, String stage);
}
