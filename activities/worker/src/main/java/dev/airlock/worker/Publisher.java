package dev.airlock.worker;

import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.dsl.load.PipelineJar.DefinedPipeline;
import dev.airlock.store.CodeFault;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Pools;
import dev.airlock.store.Publication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes versions of pipelines out of the jars that were received. Only here and in tasks does code
 * of a pipeline run; the web and the workflows know its graph alone.
 */
final class Publisher {

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  private final Pipelines pipelines;
  private final Pools pools;
  private final PipelineCode code;
  private final Consumer<Graph> schedules;

  /**
   * Publishes into the store.
   *
   * @param schedules keeps a pipeline's schedule as its current version says
   */
  Publisher(Pipelines pipelines, Pools pools, PipelineCode code, Consumer<Graph> schedules) {
    this.pipelines = pipelines;
    this.pools = pools;
    this.code = code;
    this.schedules = schedules;
  }

  /** Settles every publication that waits. Idempotent: whatever was published before stays. */
  void publishWaiting() {
    for (Publication publication : pipelines.waitingPublications()) {
      List<CodeFault> faults = new ArrayList<>();
      List<String> defined = publish(publication, faults);
      pipelines.settle(publication.id(), faults, defined);
      faults.forEach(fault -> log.warn("{}: {}", publication.fileName(), fault));
      if (faults.isEmpty()) {
        pipelines
            .unpublishAllBut(publication.fileName(), defined)
            .forEach(gone -> log.info("{} no longer defines {}.", publication.fileName(), gone));
      }
    }
  }

  /** The names of the pipelines that are in order. */
  private List<String> publish(Publication publication, List<CodeFault> faults) {
    try (PipelineCode.LoadedJar jar = code.jar(publication.codeDigest())) {
      PipelineJar content = PipelineJar.read(jar.path(), jar.loader());
      content.problems().forEach(problem -> faults.add(fault(problem, jar, publication)));
      List<String> defined = new ArrayList<>();
      for (DefinedPipeline pipeline : content.pipelines()) {
        Optional<String> other = otherFile(pipeline.graph().name(), publication);
        if (other.isPresent()) {
          faults.add(taken(pipeline.graph().name(), other.get(), publication));
          continue;
        }
        List<String> others = new ArrayList<>(pools.faults(pipeline.graph()));
        pipelines.cycleThrough(pipeline.graph()).ifPresent(others::add);
        others.forEach(fault -> faults.add(new CodeFault(null, null, null, fault)));
        if (others.isEmpty()) {
          publish(pipeline, publication);
          defined.add(pipeline.graph().name());
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
  private Optional<String> otherFile(String pipeline, Publication publication) {
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

  private void publish(DefinedPipeline pipeline, Publication publication) {
    int version =
        pipelines.publish(
            pipeline.graph(),
            publication.codeDigest(),
            publication.publishedBy(),
            publication.fileName());
    schedules.accept(pipeline.graph());
    log.info(
        "Published {} v{} of {} by {}.",
        pipeline.graph().name(),
        version,
        publication.fileName(),
        publication.publishedBy());
  }
}
