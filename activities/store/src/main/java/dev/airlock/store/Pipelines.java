package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ScheduleSpec;
import dev.airlock.workflows.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/** Pipelines, their versions and the jars that were published. */
@RegisterConstructorMapper(PipelineVersion.class)
@RegisterConstructorMapper(PipelineSummary.class)
@RegisterConstructorMapper(Publication.class)
@RegisterConstructorMapper(VersionUse.class)
public interface Pipelines extends SqlObject {

  /**
   * Makes this graph with this code the pipeline's current version. A pair that was a version
   * before is that version again; another one takes the next number, and starts a run where the
   * pipeline says so. Idempotent.
   *
   * @param codeDigest the jar in the artifact store
   * @return the version that is current now
   */
  default int publish(Graph graph, String codeDigest, Acting acting) {
    return publish(graph, codeDigest, acting, null);
  }

  /** Whoever is no person acts for those who run the system. */
  private static void requireOwner(Handle handle, Graph graph, String person) {
    boolean isAsked =
        handle
            .attach(People.class)
            .find(person)
            .filter(known -> known.role() != Role.ADMIN)
            .isPresent();
    if (!isAsked) {
      return;
    }
    Ownership ownership = handle.attach(Ownership.class);
    String pipeline = graph.name();
    ownership
        .foreignOwner(person, pipeline)
        .map(
            owner ->
                "%s belongs to %s, and %s is not of them: ask one of them, or an admin"
                    .formatted(pipeline, owner, person))
        .or(() -> ownership.objectionToOwner(pipeline, graph.owner()))
        .ifPresent(
            objection -> {
              throw new ForbiddenException(objection);
            });
  }

  /**
   * The same, out of a file that somebody sent.
   *
   * @param fileName the file, or null where there is none
   * @throws ForbiddenException where the pipeline is in other hands, or would go from known hands
   *     to nobody's
   */
  @Transaction
  default int publish(Graph graph, String codeDigest, Acting acting, @Nullable String fileName) {
    requireOwner(getHandle(), graph, acting.actor());
    return publish(getHandle(), graph, codeDigest, acting, fileName, null);
  }

  /**
   * The same, out of a file that was found in a watched folder: whoever may write there runs code
   * in the worker anyway, so nobody is asked whose the pipeline is. Who put it there is not known;
   * {@code acting} counts as having published it, and as having asked for what its schedule starts.
   */
  @Transaction
  default int publishFound(Graph graph, String codeDigest, Acting acting, FoundFile found) {
    return publish(getHandle(), graph, codeDigest, acting, found.name(), found);
  }

  private static int publish(
      Handle handle,
      Graph graph,
      String codeDigest,
      Acting acting,
      @Nullable String fileName,
      @Nullable FoundFile found) {
    PipelineAudit.Standing before = PipelineAudit.standing(handle, graph.name());
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
                                          published_by, file_name, folder, file_owner)
            select :name, coalesce(max(version), 0) + 1, :graphDigest, :graph::jsonb, :codeDigest,
                   :publishedBy, :fileName, :folder, :fileOwner
            from pipeline_version where pipeline = :name
            on conflict (pipeline, graph_digest, code_digest) do nothing
            """)
            .bind("name", graph.name())
            .bind("graphDigest", digest)
            .bind("graph", Json.write(graph))
            .bind("codeDigest", codeDigest)
            .bind("publishedBy", acting.actor())
            .bind("fileName", fileName)
            .bind("folder", found == null ? null : found.folder())
            .bind("fileOwner", found == null ? null : found.owner())
            .execute();
    int version =
        handle
            .createQuery(
                """
            update pipeline set current_version = (
              select version from pipeline_version
              where pipeline = :name and graph_digest = :graphDigest and code_digest = :codeDigest),
              file_name = coalesce(:fileName, file_name)
            where name = :name
            returning current_version
            """)
            .bind("name", graph.name())
            .bind("graphDigest", digest)
            .bind("codeDigest", codeDigest)
            .bind("fileName", fileName)
            .mapTo(Integer.class)
            .one();
    DatasetTriggers.declare(handle, graph);
    if (added == 1) {
      NewVersions.published(handle, graph, version, acting);
    }
    Admission.admit(handle, graph.name());
    PipelineAudit.published(handle, graph.name(), before, acting);
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

  /** The numbers of all versions, newest first. */
  @SqlQuery("select version from pipeline_version where pipeline = :name order by version desc")
  List<Integer> versionNumbers(String name);

  /**
   * A part of a pipeline's versions, newest first.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<PipelineVersion> versions(String name, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.of(
        versionsBefore(name, Page.before(cursor), bounded + 1), bounded, PipelineVersion::version);
  }

  /** The rows behind {@link #versions}. */
  @SqlQuery(
      """
      select * from pipeline_version where pipeline = :name and version < :before
      order by version desc limit :limit
      """)
  List<PipelineVersion> versionsBefore(String name, long before, int limit);

  @SqlQuery("select unpublished_at is not null from pipeline where name = :name")
  boolean isUnpublished(String name);

  /** Every pipeline with its newest run, by name. */
  @SqlQuery(
      """
      select p.name, p.owner, p.current_version as version, p.paused, p.unpublished_at, p.file_name,
             r.id as last_run_id, r.state as last_run_state, r.created_at as last_run_at
      from pipeline p
      left join lateral (
        select * from run where run.pipeline = p.name order by id desc limit 1) r on true
      order by p.name
      """)
  List<PipelineSummary> list();

  /**
   * A part of the pipelines with their newest runs, by name.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<PipelineSummary> page(int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.ofNames(listAfter(Page.after(cursor), bounded + 1), bounded, PipelineSummary::name);
  }

  /** The rows behind {@link #page}. */
  @SqlQuery(
      """
      select p.name, p.owner, p.current_version as version, p.paused, p.unpublished_at, p.file_name,
             r.id as last_run_id, r.state as last_run_state, r.created_at as last_run_at
      from pipeline p
      left join lateral (
        select * from run where run.pipeline = p.name order by id desc limit 1) r on true
      where p.name > :after
      order by p.name
      limit :limit
      """)
  List<PipelineSummary> listAfter(String after, int limit);

  /** When the current versions of these pipelines start by themselves; those alone that do. */
  default Map<String, ScheduleSpec> schedules(List<String> names) {
    return getHandle()
        .createQuery(
            """
            select v.pipeline, v.graph -> 'schedule' as schedule from pipeline_version v
            join pipeline p on p.name = v.pipeline and p.current_version = v.version
            where p.name = any(:names) and v.graph ->> 'schedule' is not null
            """)
        .bindArray("names", String.class, names)
        .reduceRows(
            new HashMap<>(),
            (schedules, row) -> {
              schedules.put(
                  row.getColumn("pipeline", String.class),
                  Json.read(row.getColumn("schedule", String.class), ScheduleSpec.class));
              return schedules;
            });
  }

  /** One pipeline with its newest run. */
  @SqlQuery(
      """
      select p.name, p.owner, p.current_version as version, p.paused, p.unpublished_at, p.file_name,
             r.id as last_run_id, r.state as last_run_state, r.created_at as last_run_at
      from pipeline p
      left join lateral (
        select * from run where run.pipeline = p.name order by id desc limit 1) r on true
      where p.name = :name
      """)
  Optional<PipelineSummary> find(String name);

  /**
   * Lets the pipeline start by itself no more, or again: by its schedule, by new data, by new code
   * and by webhooks. Data that has come meanwhile starts a run when it goes on.
   *
   * @return false where there is no such pipeline
   */
  @Transaction
  default boolean setPaused(String name, boolean paused, Acting acting) {
    Handle handle = getHandle();
    boolean found = Admission.lock(handle, name);
    boolean isChanged =
        handle
                .createUpdate(
                    "update pipeline set paused = :paused where name = :name and paused <> :paused")
                .bind("paused", paused)
                .bind("name", name)
                .execute()
            == 1;
    if (isChanged) {
      PipelineAudit.paused(handle, name, paused, acting);
    }
    if (found && !paused) {
      DatasetTriggers.look(handle, name);
    }
    return found;
  }

  /**
   * Writes down that a jar, which is in the artifact store already, is to be published.
   *
   * @return the publication's id
   */
  @Transaction
  default long receive(String fileName, String codeDigest, Acting acting) {
    long id = insertPublication(fileName, codeDigest, acting.actor(), null, null);
    PipelineAudit.received(getHandle(), id, fileName, codeDigest, acting);
    return id;
  }

  /** The same, where it was found in a watched folder. */
  @Transaction
  default long receive(FoundFile found, String codeDigest, Acting acting) {
    long id =
        insertPublication(found.name(), codeDigest, acting.actor(), found.folder(), found.owner());
    PipelineAudit.received(getHandle(), id, found.name(), codeDigest, acting);
    return id;
  }

  /** The row behind {@link #receive}. */
  @SqlQuery(
      """
      insert into publication (file_name, code_digest, published_by, folder, file_owner)
      values (:fileName, :codeDigest, :publishedBy, :folder, :fileOwner) returning id
      """)
  long insertPublication(
      String fileName,
      String codeDigest,
      String publishedBy,
      @Nullable String folder,
      @Nullable String fileOwner);

  /**
   * Writes down that a file of a watched folder can't be published.
   *
   * @param sourceDigest its text in the artifact store
   * @return the publication's id
   */
  @Transaction
  default long refuse(
      String fileName, String sourceDigest, Acting acting, String folder, List<CodeFault> faults) {
    long id =
        getHandle()
            .createQuery(
                """
            insert into publication (file_name, code_digest, published_by, folder, state, problems,
                                     faults, settled_at)
            values (:fileName, :codeDigest, :publishedBy, :folder, 'refused', :problems::jsonb,
                    :faults::jsonb, now())
            returning id
            """)
            .bind("fileName", fileName)
            .bind("codeDigest", sourceDigest)
            .bind("publishedBy", acting.actor())
            .bind("folder", folder)
            .bind("problems", Json.write(faults.stream().map(CodeFault::toString).toList()))
            .bind("faults", Json.write(faults))
            .mapTo(Long.class)
            .one();
    PipelineAudit.received(getHandle(), id, fileName, sourceDigest, acting);
    return id;
  }

  /** Publications that nobody has settled, oldest first. */
  @SqlQuery("select * from publication where state = 'received' order by id")
  List<Publication> waitingPublications();

  @SqlQuery("select * from publication where id = :id")
  Optional<Publication> publication(long id);

  /** The newest publication of a file. */
  @SqlQuery("select * from publication where file_name = :fileName order by id desc limit 1")
  Optional<Publication> newestPublication(String fileName);

  /** The newest publication of each file, by the files' names. */
  @SqlQuery("select distinct on (file_name) * from publication order by file_name, id desc")
  List<Publication> newestPublications();

  /** The newest publication of each file that is there, where it was refused, by file. */
  @SqlQuery(
      """
      select * from (
        select distinct on (file_name) * from publication order by file_name, id desc) newest
      where state = 'refused' and withdrawn_at is null
      order by file_name
      limit 100
      """)
  List<Publication> refusedPublications();

  /**
   * A part of the newest publications of each file, by the files' names.
   *
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<Publication> newestPublications(int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    return Page.ofNames(
        newestPublicationsAfter(Page.after(cursor), bounded + 1), bounded, Publication::fileName);
  }

  /** The rows behind {@link #newestPublications(int, String)}. */
  @SqlQuery(
      """
      select distinct on (file_name) * from publication where file_name > :after
      order by file_name, id desc limit :limit
      """)
  List<Publication> newestPublicationsAfter(String after, int limit);

  /**
   * The file in a watched folder that the current version of a pipeline came out of; empty where it
   * came another way, or where the file is gone.
   */
  @SqlQuery(
      """
      select newest.file_name from pipeline p
      join lateral (
        select * from publication where file_name = p.file_name order by id desc limit 1) newest
        on newest.folder is not null and newest.withdrawn_at is null
      where p.name = :pipeline and p.unpublished_at is null
      """)
  Optional<String> fileOf(String pipeline);

  /**
   * Notes that a file is gone: its pipelines take no new runs until it is published again. Runs
   * that have begun go on.
   *
   * @return the pipelines that it leaves without a file
   */
  @Transaction
  default List<String> withdraw(String fileName, Acting acting) {
    getHandle()
        .createUpdate(
            """
            update publication set withdrawn_at = now()
            where id = (select max(id) from publication where file_name = :fileName)
              and withdrawn_at is null
            """)
        .bind("fileName", fileName)
        .execute();
    return unpublishAllBut(fileName, List.of(), acting);
  }

  /**
   * Says of every pipeline whose current version came out of a file that it is gone, unless the
   * file still defines it.
   *
   * @return those that are gone now
   */
  @Transaction
  default List<String> unpublishAllBut(String fileName, List<String> defined, Acting acting) {
    List<String> gone =
        getHandle()
            .createQuery(
                """
            update pipeline p set unpublished_at = now()
            where p.file_name = :fileName and p.unpublished_at is null
              and not (:defined::jsonb ?? p.name)
            returning p.name
            """)
            .bind("fileName", fileName)
            .bind("defined", Json.write(defined))
            .mapTo(String.class)
            .list();
    gone.forEach(pipeline -> PipelineAudit.withdrawn(getHandle(), pipeline, fileName, acting));
    return gone;
  }

  /** The digests of all code that a run which has not ended, or a current version, works with. */
  @SqlQuery(
      """
      select v.code_digest from pipeline_version v
      join run r on r.pipeline = v.pipeline and r.version = v.version
      where r.state in ('queued', 'running', 'waiting')
      union
      select v.code_digest from pipeline_version v
      join pipeline p on p.name = v.pipeline and p.current_version = v.version
      where p.unpublished_at is null
      """)
  Set<String> codeInUse();

  /** How many runs each version of a pipeline has, newest version first. */
  @SqlQuery(
      """
      select v.version, count(r.id) as runs,
             count(r.id) filter (where r.state in ('queued', 'running', 'waiting')) as unfinished
      from pipeline_version v
      left join run r on r.pipeline = v.pipeline and r.version = v.version
      where v.pipeline = :pipeline
      group by v.version order by v.version desc
      """)
  List<VersionUse> uses(String pipeline);

  /**
   * Settles a publication: published where there are no faults, refused otherwise. The first
   * outcome stays.
   *
   * @param pipelines those that the file defines, as far as they are in order
   */
  default void settle(long id, List<CodeFault> faults, List<String> pipelines) {
    getHandle()
        .createUpdate(
            """
            update publication
            set state = :state, problems = :problems::jsonb, faults = :faults::jsonb,
                pipelines = :pipelines::jsonb, settled_at = now()
            where id = :id and state = 'received'
            """)
        .bind("id", id)
        .bind("state", faults.isEmpty() ? Publication.State.PUBLISHED : Publication.State.REFUSED)
        .bind("problems", Json.write(faults.stream().map(CodeFault::toString).toList()))
        .bind("faults", Json.write(faults))
        .bind("pipelines", Json.write(pipelines))
        .execute();
  }
}
