package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.workflows.Json;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;

/** Pipelines, their versions and the jars that were published. */
@RegisterConstructorMapper(PipelineVersion.class)
@RegisterConstructorMapper(PipelineSummary.class)
@RegisterConstructorMapper(Publication.class)
public interface Pipelines extends SqlObject {

  /**
   * Makes this graph with this code the pipeline's current version. A pair that was a version
   * before is that version again; another one takes the next number, and starts a run where the
   * pipeline says so. Idempotent.
   *
   * @param codeDigest the jar in the artifact store
   * @return the version that is current now
   */
  @Transaction
  default int publish(Graph graph, String codeDigest, String publishedBy) {
    Handle handle = getHandle();
    String digest = Json.digest(graph);
    handle
        .createUpdate(
            """
            insert into pipeline (name, owner) values (:name, :owner)
            on conflict (name) do update set owner = excluded.owner, unpublished_at = null
            """)
        .bind("name", graph.name())
        .bind("owner", graph.owner())
        .execute();
    int added =
        handle
            .createUpdate(
                """
            insert into pipeline_version (pipeline, version, graph_digest, graph, code_digest,
                                          published_by)
            select :name, coalesce(max(version), 0) + 1, :graphDigest, :graph::jsonb, :codeDigest,
                   :publishedBy
            from pipeline_version where pipeline = :name
            on conflict (pipeline, graph_digest, code_digest) do nothing
            """)
            .bind("name", graph.name())
            .bind("graphDigest", digest)
            .bind("graph", Json.write(graph))
            .bind("codeDigest", codeDigest)
            .bind("publishedBy", publishedBy)
            .execute();
    int version =
        handle
            .createQuery(
                """
            update pipeline set current_version = (
              select version from pipeline_version
              where pipeline = :name and graph_digest = :graphDigest and code_digest = :codeDigest)
            where name = :name
            returning current_version
            """)
            .bind("name", graph.name())
            .bind("graphDigest", digest)
            .bind("codeDigest", codeDigest)
            .mapTo(Integer.class)
            .one();
    DatasetTriggers.declare(handle, graph);
    if (added == 1) {
      NewVersions.published(handle, graph, version, publishedBy);
    }
    Admission.admit(handle, graph.name());
    return version;
  }

  /** Why the graph may not be published: it would run itself, by way of others; else empty. */
  default Optional<String> cycleThrough(Graph graph) {
    return new PipelineCycles(graph, name -> current(name).map(PipelineVersion::graph)).find();
  }

  /**
   * The current version, to run it.
   *
   * @throws UnknownEntityException where there is no such pipeline, or its jar is gone
   */
  default PipelineVersion runnable(String name) {
    PipelineVersion version =
        current(name)
            .orElseThrow(() -> new UnknownEntityException("There is no pipeline " + name + "."));
    if (isUnpublished(name)) {
      throw new UnknownEntityException(
          "Pipeline " + name + " is no longer published: publish its jar again to run it.");
    }
    return version;
  }

  @SqlQuery(
      """
      select v.* from pipeline_version v
      join pipeline p on p.name = v.pipeline and p.current_version = v.version
      where p.name = :name
      """)
  Optional<PipelineVersion> current(String name);

  @SqlQuery("select * from pipeline_version where pipeline = :name and version = :version")
  Optional<PipelineVersion> version(String name, int version);

  /** Newest first. */
  @SqlQuery("select * from pipeline_version where pipeline = :name order by version desc")
  List<PipelineVersion> versions(String name);

  @SqlQuery("select unpublished_at is not null from pipeline where name = :name")
  boolean isUnpublished(String name);

  /** Every pipeline with its newest run, by name. */
  @SqlQuery(
      """
      select p.name, p.owner, p.current_version as version, p.paused, p.unpublished_at,
             r.id as last_run_id, r.state as last_run_state, r.created_at as last_run_at
      from pipeline p
      left join lateral (
        select * from run where run.pipeline = p.name order by id desc limit 1) r on true
      order by p.name
      """)
  List<PipelineSummary> list();

  /** One pipeline with its newest run. */
  default Optional<PipelineSummary> find(String name) {
    return list().stream().filter(pipeline -> pipeline.name().equals(name)).findFirst();
  }

  /**
   * Lets the pipeline start by itself no more, or again: by its schedule, by new data, by new code
   * and by webhooks. Data that has come meanwhile starts a run when it goes on.
   *
   * @return false where there is no such pipeline
   */
  @Transaction
  default boolean setPaused(String name, boolean paused) {
    Handle handle = getHandle();
    boolean found =
        handle
                .createUpdate("update pipeline set paused = :paused where name = :name")
                .bind("paused", paused)
                .bind("name", name)
                .execute()
            == 1;
    if (found && !paused) {
      DatasetTriggers.look(handle, name);
    }
    return found;
  }

  /** Says that the pipeline's jar is gone: no new runs until it is published again. */
  @SqlUpdate(
      "update pipeline set unpublished_at = now() where name = :name and unpublished_at is null")
  boolean unpublish(String name);

  /**
   * Writes down that a jar, which is in the artifact store already, is to be published.
   *
   * @return the publication's id
   */
  @SqlQuery(
      """
      insert into publication (file_name, code_digest, published_by)
      values (:fileName, :codeDigest, :publishedBy) returning id
      """)
  long receive(String fileName, String codeDigest, String publishedBy);

  /** Publications that nobody has settled, oldest first. */
  @SqlQuery("select * from publication where state = 'received' order by id")
  List<Publication> waitingPublications();

  @SqlQuery("select * from publication where id = :id")
  Optional<Publication> publication(long id);

  /** The newest publication of a file. */
  @SqlQuery("select * from publication where file_name = :fileName order by id desc limit 1")
  Optional<Publication> newestPublication(String fileName);

  /**
   * Settles a publication: published where there are no problems, refused otherwise. The first
   * outcome stays.
   */
  default void settlePublication(long id, List<String> problems) {
    getHandle()
        .createUpdate(
            """
            update publication
            set state = :state, problems = :problems::jsonb, settled_at = now()
            where id = :id and state = 'received'
            """)
        .bind("id", id)
        .bind("state", problems.isEmpty() ? Publication.State.PUBLISHED : Publication.State.REFUSED)
        .bind("problems", Json.write(problems))
        .execute();
  }
}
