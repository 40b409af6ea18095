package dev.airlock.worker;

import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.dsl.load.PipelineJar.DefinedPipeline;
import dev.airlock.store.Acting;
import dev.airlock.store.CodeFault;
import dev.airlock.store.ForbiddenException;
import dev.airlock.store.FoundFile;
import dev.airlock.store.NulCharacter;
import dev.airlock.store.Origin;
import dev.airlock.store.Outage;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Publication;
import dev.airlock.store.Publishing;
import dev.airlock.store.Refusal;
import dev.airlock.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes versions of pipelines out of the jars that were received. Only here and in tasks does code
 * of a pipeline run; the web and the workflows know its graph alone.
 */
final class Publisher {

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  /** How often a publication is tried that fails for no reason that anybody knows. */
  private static final int TRIES = 5;

  private final Store store;
  private final PipelineCode code;
  private final Consumer<Graph> schedules;
  private final Duration longest;
  private final Map<Long, Integer> tries = new HashMap<>();

  /**
   * Publishes into the store.
   *
   * @param schedules keeps a pipeline's schedule as its current version says
   */
  Publisher(Store store, PipelineCode code, Consumer<Graph> schedules) {
    this(store, code, schedules, PipelineJar.LONGEST);
  }

  /**
   * The same with another limit.
   *
   * @param longest the longest that a class may take to define its pipeline
   */
  Publisher(Store store, PipelineCode code, Consumer<Graph> schedules, Duration longest) {
    this.store = store;
    this.code = code;
    this.schedules = schedules;
    this.longest = longest;
  }

  /**
   * Settles every publication that waits, in the order in which they came, unless another worker is
   * at it. Idempotent: whatever was published before stays. One that can't be published is refused,
   * and the others go on; an outage leaves the rest for the next time.
   */
  void publishWaiting() {
    if (store.pipelines().waitingPublications().isEmpty()) {
      return;
    }
    Optional<Publishing> right = store.publishing();
    if (right.isEmpty()) {
      return;
    }
    try (Publishing publishing = right.get()) {
      Pipelines pipelines = publishing.pipelines();
      for (Publication publication : pipelines.waitingPublications()) {
        settle(publication, pipelines);
      }
    }
  }

  private void settle(Publication publication, Pipelines pipelines) {
    List<CodeFault> faults = new ArrayList<>();
    List<String> defined;
    try {
      defined = publish(publication, pipelines, faults);
    } catch (RuntimeException e) {
      if (mayPass(publication, e)) {
        throw e;
      }
      log.warn("{} can't be published.", publication.fileName(), e);
      defined = List.of();
      faults.add(refused(e instanceof Unscheduled late ? late.what : publication.fileName(), e));
    }
    tries.remove(publication.id());
    pipelines.settle(publication.id(), faults, defined);
    faults.forEach(fault -> log.warn("{}: {}", publication.fileName(), fault));
    if (faults.isEmpty()) {
      pipelines
          .unpublishAllBut(publication.fileName(), defined, acting(publication))
          .forEach(gone -> log.info("{} no longer defines {}.", publication.fileName(), gone));
    }
  }

  /** Whether the same may succeed later: nobody but PostgreSQL and this worker has to mend it. */
  private boolean mayPass(Publication publication, RuntimeException failure) {
    if (Outage.isOutage(failure) || Schedules.isOutage(failure)) {
      return true;
    }
    return !Refusal.isOfValues(failure) && tries.merge(publication.id(), 1, Integer::sum) < TRIES;
  }

  private static CodeFault refused(String what, RuntimeException failure) {
    Throwable bottom = failure;
    while (bottom.getCause() != null) {
      bottom = bottom.getCause();
    }
    String why = String.valueOf(bottom.getMessage());
    return new CodeFault(
        null,
        null,
        null,
        "%s can't be kept%s: %s. Mend what it says, and publish it again."
            .formatted(
                what,
                Refusal.isOfValues(failure) ? " in PostgreSQL" : "",
                why.lines().map(String::strip).limit(2).collect(Collectors.joining(" "))));
  }

  private static CodeFault nul(String what, String place) {
    return new CodeFault(
        null,
        null,
        null,
        "%s can't be kept in PostgreSQL: %s holds the character \\u0000 (NUL), which no text there may hold. Take it out, and publish it again."
            .formatted(what, place));
  }

  /** The pipeline is there, its schedule is not. */
  private static final class Unscheduled extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String what;

    Unscheduled(String pipeline, RuntimeException cause) {
      super(cause);
      this.what = "The schedule of the pipeline '" + pipeline + "'";
    }
  }

  /** The names of the pipelines that are in order. */
  private List<String> publish(
      Publication publication, Pipelines pipelines, List<CodeFault> faults) {
    try (PipelineCode.LoadedJar jar = code.jar(publication.codeDigest())) {
      PipelineJar content = PipelineJar.read(jar.path(), jar.loader(), longest);
      content.problems().forEach(problem -> faults.add(fault(problem, jar, publication)));
      List<String> defined = new ArrayList<>();
      for (DefinedPipeline pipeline : content.pipelines()) {
        String name = pipeline.graph().name();
        Optional<String> other = otherFile(name, publication, pipelines);
        if (other.isPresent()) {
          faults.add(taken(name, other.get(), publication));
          continue;
        }
        List<String> others = new ArrayList<>(store.pools().faults(pipeline.graph()));
        pipelines.cycleThrough(pipeline.graph()).ifPresent(others::add);
        others.forEach(fault -> faults.add(new CodeFault(null, null, null, fault)));
        if (others.isEmpty() && isKept(pipeline, publication, pipelines, faults)) {
          defined.add(name);
        }
      }
      return defined;
    } catch (IOException e) {
      faults.add(
          new CodeFault(
              null,
              null,
              null,
              "%s is no jar: %s. Build it again and publish it."
                  .formatted(publication.fileName(), e.getMessage())));
      return List.of();
    }
  }

  private boolean isKept(
      DefinedPipeline pipeline,
      Publication publication,
      Pipelines pipelines,
      List<CodeFault> faults) {
    try {
      publish(pipeline, publication, pipelines);
      return true;
    } catch (RuntimeException e) {
      if (!(e instanceof ForbiddenException) && !Refusal.isOfValues(e)) {
        throw e;
      }
      String what = "The pipeline '" + pipeline.graph().name() + "'";
      faults.add(
          NulCharacter.isCauseOf(e) ? nul(what, NulPlace.in(pipeline.graph())) : refused(what, e));
      return false;
    }
  }

  /** What is wrong with the whole jar is said of the file, not of its digest. */
  private static CodeFault fault(
      Problem problem, PipelineCode.LoadedJar jar, Publication publication) {
    boolean isOfAll = problem.place().equals(String.valueOf(jar.path().getFileName()));
    return CodeFault.of(
        isOfAll
            ? new Problem(publication.fileName(), problem.what(), problem.suggestion())
            : problem);
  }

  /** Another file of the folder that defines the pipeline. */
  private static Optional<String> otherFile(
      String pipeline, Publication publication, Pipelines pipelines) {
    return publication.folder() == null
        ? Optional.empty()
        : pipelines.fileOf(pipeline).filter(file -> !file.equals(publication.fileName()));
  }

  private static CodeFault taken(String pipeline, String other, Publication publication) {
    return new CodeFault(
        null,
        null,
        null,
        "The pipeline '%s' is defined by %s and by %s; delete one of the two files, or give one of the pipelines another name."
            .formatted(pipeline, other, publication.fileName()));
  }

  private static Acting acting(Publication publication) {
    return new Acting(
        publication.publishedBy(),
        Origin.within(Origin.Channel.WORKFLOW, "publication " + publication.id()));
  }

  private static int version(Graph graph, Publication publication, Pipelines pipelines) {
    Acting acting = acting(publication);
    String code = publication.codeDigest();
    FoundFile found = publication.found();
    return found == null
        ? pipelines.publish(graph, code, acting, publication.fileName())
        : pipelines.publishFound(graph, code, acting, found);
  }

  private void publish(DefinedPipeline pipeline, Publication publication, Pipelines pipelines) {
    int version = version(pipeline.graph(), publication, pipelines);
    try {
      schedules.accept(pipeline.graph());
    } catch (RuntimeException e) {
      throw new Unscheduled(pipeline.graph().name(), e);
    }
    log.info(
        "Published {} v{} of {} by {}.",
        pipeline.graph().name(),
        version,
        publication.fileName(),
        publication.publishedBy());
    store.ownership().ownerNote(pipeline.graph().name()).ifPresent(log::warn);
  }
}
