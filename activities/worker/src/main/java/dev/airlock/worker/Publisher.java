package dev.airlock.worker;

import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.dsl.load.PipelineJar.DefinedPipeline;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Pools;
import dev.airlock.store.Publication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
  private final Schedules schedules;

  Publisher(Pipelines pipelines, Pools pools, PipelineCode code, Schedules schedules) {
    this.pipelines = pipelines;
    this.pools = pools;
    this.code = code;
    this.schedules = schedules;
  }

  /** Settles every publication that waits. Idempotent: whatever was published before stays. */
  void publishWaiting() {
    for (Publication publication : pipelines.waitingPublications()) {
      List<String> problems = publish(publication);
      pipelines.settlePublication(publication.id(), problems);
      problems.forEach(problem -> log.warn("{}: {}", publication.fileName(), problem));
    }
  }

  private List<String> publish(Publication publication) {
    try {
      PipelineCode.LoadedJar jar = code.jar(publication.codeDigest());
      PipelineJar content = PipelineJar.read(jar.path(), jar.loader());
      List<String> problems =
          new ArrayList<>(content.problems().stream().map(Object::toString).toList());
      for (DefinedPipeline pipeline : content.pipelines()) {
        List<String> faults = new ArrayList<>(pools.faults(pipeline.graph()));
        pipelines.cycleThrough(pipeline.graph()).ifPresent(faults::add);
        problems.addAll(faults);
        if (faults.isEmpty()) {
          publish(pipeline, publication);
        }
      }
      return problems;
    } catch (IOException e) {
      return List.of(
          "%s is no jar: %s. Build it again and publish it."
              .formatted(publication.fileName(), e.getMessage()));
    }
  }

  private void publish(DefinedPipeline pipeline, Publication publication) {
    int version =
        pipelines.publish(pipeline.graph(), publication.codeDigest(), publication.publishedBy());
    schedules.keep(pipeline.graph());
    log.info(
        "Published {} v{} of {} by {}.",
        pipeline.graph().name(),
        version,
        publication.fileName(),
        publication.publishedBy());
  }
}
