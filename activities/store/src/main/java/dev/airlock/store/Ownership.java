package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/**
 * Whose pipelines and models are. An owner counts where it is a team or a person that is known
 * here; a pipeline of any other owner is everybody's. A model is its pipelines' owners'.
 */
@RegisterConstructorMapper(ModelPipeline.class)
public interface Ownership extends SqlObject {

  /**
   * The owner of the pipeline, where that is a team or a person that is known here and the person
   * is neither it nor one of its members; empty where they may act as its owners do.
   */
  @SqlQuery(
      """
      select owner from pipeline
      where name = :pipeline and is_known_owner(owner) and not is_one_of(:person, owner)
      """)
  Optional<String> foreignOwner(String person, String pipeline);

  /** The pipelines that have such an owner, of all there are. */
  @SqlQuery(
      """
      select name from pipeline
      where owner in (
        select owner from (select distinct owner from pipeline) as owners
        where is_known_owner(owner) and not is_one_of(:person, owner))
      """)
  Set<String> foreignPipelines(String person);

  /**
   * The known owners of the model's pipelines, with commas, where the person is neither one of them
   * nor an admin; empty where they may act as its owners do.
   */
  @SqlQuery(
      """
      select array_to_string(owners, ', ') from owners_of(:model) as owners
      where cardinality(owners) > 0
        and not exists (select from unnest(owners) as owner where is_one_of(:person, owner))
        and not exists (select from person where name = :person and role = 'admin')
      """)
  Optional<String> foreignOwners(String person, String model);

  /**
   * Why a person may not let a version of the model have more traffic; empty where they may. Taking
   * traffic back is everybody's.
   */
  default Optional<String> objectionToMore(String person, String model) {
    return foreignOwners(person, model)
        .map(
            owners ->
                "%s belongs to %s, and %s is not of them: ask one of them, or an admin. To pause, to abort and to roll back, nobody has to ask."
                    .formatted(model, owners, person));
  }

  /** The pipelines that may register versions of a model, by name. */
  @SqlQuery(
      """
      select m.pipeline, p.owner, m.allowed_by, m.because, m.allowed_at
      from model_pipeline m join pipeline p on p.name = m.pipeline
      where m.model = :model order by m.pipeline
      """)
  List<ModelPipeline> pipelines(String model);

  /** Whether somebody says which pipelines those are: an admin, or one of the model's owners. */
  @SqlQuery("select may_allow_pipelines(:person, :model)")
  boolean mayAllow(String person, String model);

  /** Why the pipeline may not register versions of the model; empty where it may. */
  @SqlQuery(
      """
      select objection from registration_objection(:model, :pipeline) as objection
      where objection is not null
      """)
  Optional<String> registrationObjection(String model, String pipeline);

  /**
   * Lets a pipeline register versions of a model, or no more. Idempotent.
   *
   * @throws UnknownEntityException where there is no such model or pipeline
   * @throws ForbiddenException where whoever acts is neither an admin nor an owner of one of the
   *     model's pipelines, or the model would be left without one
   */
  @Transaction
  default void allow(String model, String pipeline, boolean allowed, String reason, Acting acting) {
    if (getHandle().attach(Models.class).find(model).isEmpty()) {
      throw new UnknownEntityException("There is no model " + model + ".");
    }
    if (getHandle().attach(Pipelines.class).find(pipeline).isEmpty()) {
      throw new UnknownEntityException("There is no pipeline " + pipeline + ".");
    }
    Optional<String> objection =
        getHandle()
            .createQuery(
                """
                select objection from allow_pipeline(:actor, :model, :pipeline, :allowed, :reason,
                                                     :origin::jsonb) as objection
                where objection is not null
                """)
            .bind("actor", acting.actor())
            .bind("model", model)
            .bind("pipeline", pipeline)
            .bind("allowed", allowed)
            .bind("reason", reason)
            .bind("origin", Json.write(acting.origin()))
            .mapTo(String.class)
            .findOne();
    objection.ifPresent(
        reasonAgainst -> {
          throw new ForbiddenException(reasonAgainst);
        });
  }

  /** The pipeline of a run. */
  @SqlQuery("select pipeline from run where id = :id")
  Optional<String> pipelineOfRun(long id);

  /** The pipeline of a backfill. */
  @SqlQuery("select pipeline from backfill where id = :id")
  Optional<String> pipelineOfBackfill(long id);

  /** The model of a rollout. */
  @SqlQuery("select model from rollout where id = :id")
  Optional<String> modelOfRollout(long id);
}
