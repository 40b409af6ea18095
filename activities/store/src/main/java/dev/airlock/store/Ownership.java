package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/**
 * Whose pipelines and models are. An owner counts where it is, or was, a team or a person here:
 * what a team owns that nobody is in any more is open to admins alone. A pipeline of an owner who
 * was never known is everybody's. A model is its pipelines' owners'.
 */
@RegisterConstructorMapper(ModelPipeline.class)
@RegisterConstructorMapper(PipelineOwner.class)
@RegisterConstructorMapper(VacantOwner.class)
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

  /**
   * What whoever publishes or looks at the pipeline should know of its owner: that any engineer may
   * do all with it, or nobody but admins; empty where an owner is known and there.
   */
  default Optional<String> ownerNote(String pipeline) {
    return getHandle()
        .createQuery("select owner from pipeline where name = :name")
        .bind("name", pipeline)
        .mapTo(String.class)
        .findOne()
        .flatMap(owner -> owner(pipeline, owner).note());
  }

  /**
   * Why somebody may not give a pipeline to this owner: that would take it from one who is known
   * and give it to nobody, be it by a slip of the pen. Empty where they may.
   */
  default Optional<String> objectionToOwner(String pipeline, String newOwner) {
    return getHandle()
        .createQuery("select owner from pipeline where name = :name and is_known_owner(owner)")
        .bind("name", pipeline)
        .mapTo(String.class)
        .findOne()
        .filter(before -> !before.equals(newOwner))
        .flatMap(
            before ->
                Optional.of(owner(pipeline, newOwner))
                    .filter(wished -> !wished.isKnown())
                    .map(wished -> wished.refusal(before)));
  }

  /** The row behind {@link #ownerNote} and {@link #objectionToOwner}. */
  @SqlQuery(
      """
      select :pipeline as pipeline, :owner as owner, is_known_owner(:owner) as is_known,
             exists (select from person where name = :owner) as is_person,
             has_members(:owner) as is_present,
             array(select name from person union select name from known_team order by 1) as others
      """)
  PipelineOwner owner(String pipeline, String owner);

  /** Owners of pipelines for whom nobody acts any more, by name. */
  @SqlQuery(
      """
      select p.owner, exists (select from person where name = p.owner) as is_person,
             array_agg(distinct p.name order by p.name) as pipelines,
             array_remove(array_agg(distinct m.model order by m.model), null) as models
      from pipeline p left join model_pipeline m on m.pipeline = p.name
      where p.owner in (
        select owner from (select distinct owner from pipeline) as owners
        where is_known_owner(owner) and not has_members(owner))
      group by p.owner
      order by p.owner
      """)
  List<VacantOwner> vacantOwners();

  /** The pipelines whose owner is known, and somebody else than the person, of all there are. */
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

  /** Those of these models that have such owners: to look at many at once. */
  default Set<String> foreignModels(String person, Collection<String> models) {
    return getHandle()
        .createQuery(
            """
            select model from unnest(:models) as model cross join owners_of(model) as owners
            where cardinality(owners) > 0
              and not exists (select from unnest(owners) as owner where is_one_of(:person, owner))
              and not exists (select from person where name = :person and role = 'admin')
            """)
        .bindArray("models", String.class, models)
        .bind("person", person)
        .mapTo(String.class)
        .set();
  }

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
