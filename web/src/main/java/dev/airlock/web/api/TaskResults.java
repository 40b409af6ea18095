package dev.airlock.web.api;

import dev.airlock.store.ArtifactException;
import dev.airlock.store.ArtifactStore;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What tasks of one's own gave, as JSON, whether it travelled with its stage or is kept as a
 * document. What a map gave is shown item by item instead.
 */
public final class TaskResults {

  private final ArtifactStore artifacts;

  public TaskResults(ArtifactStore artifacts) {
    this.artifacts = artifacts;
  }

  /**
   * How many bytes must be read for the result; 0 where it travelled with its stage, or is none.
   */
  static long toRead(@Nullable StageOutput output) {
    return output instanceof StoredResult stored && stored.items() == null ? stored.bytes() : 0;
  }

  /**
   * The result, or empty where the output is no task's.
   *
   * @throws ArtifactException where its document is missing or damaged
   */
  Optional<String> require(@Nullable StageOutput output) {
    if (output instanceof TaskResult result) {
      return Optional.ofNullable(result.json());
    }
    return output instanceof StoredResult stored && stored.items() == null
        ? Optional.of(new String(artifacts.get(stored.digest()), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /** The result; empty, too, where its document can't be read, so that the rest is still shown. */
  public Optional<String> find(@Nullable StageOutput output) {
    try {
      return require(output);
    } catch (ArtifactException e) {
      return Optional.empty();
    }
  }
}
