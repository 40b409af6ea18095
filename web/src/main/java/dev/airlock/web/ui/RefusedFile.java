package dev.airlock.web.ui;

import dev.airlock.store.CodeFault;
import dev.airlock.store.PipelineSummary;
import dev.airlock.store.Publication;
import dev.airlock.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A file of pipelines that can't be published as it is.
 *
 * @param file its name
 * @param rest what goes on meanwhile, in words
 * @param ago since when
 * @param faults what is wrong, with its places
 */
public record RefusedFile(String file, String rest, String ago, Instant at, List<Fault> faults) {

  /** What somebody has sent is old news after a day; a file in the folder stays until mended. */
  private static final Duration NEWS = Duration.ofDays(1);

  /**
   * One fault.
   *
   * @param place such as {@code Orders.java:12:5}; empty where none is known
   */
  public record Fault(String place, String message) {}

  /** Of the element that shows it; no other file has it. */
  public String id() {
    return "file-" + Words.inQuery(file);
  }

  /** All that are refused right now. */
  static List<RefusedFile> all(Store store, Instant now) {
    List<Publication> refused = refused(store, now);
    if (refused.isEmpty()) {
      return List.of();
    }
    List<PipelineSummary> pipelines = store.pipelines().list();
    return refused.stream().map(file -> of(file, pipelines, now)).toList();
  }

  /** Those that have to do with a pipeline: its own file, and another that defines it too. */
  static List<RefusedFile> of(Store store, PipelineSummary pipeline, Instant now) {
    String named = "The pipeline '" + pipeline.name() + "' ";
    return refused(store, now).stream()
        .filter(
            refused ->
                refused.fileName().equals(pipeline.fileName())
                    || refused.faults().stream()
                        .anyMatch(fault -> fault.message().startsWith(named)))
        .map(refused -> of(refused, List.of(pipeline), now))
        .toList();
  }

  private static List<Publication> refused(Store store, Instant now) {
    return store.pipelines().refusedPublications().stream()
        .filter(newest -> newest.folder() != null || newest.createdAt().isAfter(now.minus(NEWS)))
        .toList();
  }

  private static RefusedFile of(Publication refused, List<PipelineSummary> pipelines, Instant now) {
    List<String> go =
        pipelines.stream()
            .filter(pipeline -> refused.fileName().equals(pipeline.fileName()))
            .map(pipeline -> "version %d of %s".formatted(pipeline.version(), pipeline.name()))
            .toList();
    return new RefusedFile(
        refused.fileName(),
        go.isEmpty() ? "" : "Until it is mended, " + String.join(" and ", go) + " goes on.",
        Words.ago(refused.createdAt(), now),
        refused.createdAt(),
        faults(refused));
  }

  private static List<Fault> faults(Publication refused) {
    return refused.faults().isEmpty()
        ? refused.problems().stream().map(problem -> new Fault("", problem)).toList()
        : refused.faults().stream().map(RefusedFile::fault).toList();
  }

  private static Fault fault(CodeFault fault) {
    return new Fault(fault.place(), fault.message());
  }
}
