package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.store.ArtifactStore;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Results of tasks, programs, servers and databases as JSON. A short one travels with its stage; a
 * longer one is a document in the artifact store, so that no history and no row grows with it.
 */
final class Documents {

  /** The longest result that travels with its stage, in bytes of JSON. */
  static final int TRAVELS = 16_384;

  /** The longest result, in bytes of JSON. */
  static final int LONGEST = 1_000_000;

  private static final int KEPT = 8;

  private final ArtifactStore artifacts;

  /** The lists that maps work through at present: each of their items asks for the whole list. */
  private final Map<String, JsonNode> recent =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
          return size() > KEPT;
        }
      };

  Documents(ArtifactStore artifacts) {
    this.artifacts = artifacts;
  }

  /**
   * What a stage hands on for a result.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#RESULT_TOO_LARGE}
   */
  StageOutput result(String json) {
    if (json.length() <= TRAVELS) {
      return new TaskResult(json);
    }
    byte[] bytes = bytes(json);
    return new StoredResult(artifacts.put(bytes), bytes.length, null);
  }

  /**
   * The result of one call as bytes.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#RESULT_TOO_LARGE}
   */
  static byte[] bytes(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LONGEST) {
      throw StageFailure.of(
          StageFailure.RESULT_TOO_LARGE,
          String.format(
              Locale.ROOT,
              "The stage gave %,d bytes of JSON, and a result may have %,d: write what is large to"
                  + " a dataset or a file, and give its name.",
              bytes.length,
              LONGEST));
    }
    return bytes;
  }

  /** The result's JSON. */
  String json(StageOutput result) {
    return result instanceof StoredResult stored
        ? new String(artifacts.get(stored.digest()), StandardCharsets.UTF_8)
        : ((TaskResult) result).json();
  }

  /** Keeps a document of any length. */
  StoredResult keep(byte[] document, int items) {
    return new StoredResult(artifacts.put(document), document.length, items);
  }

  String put(byte[] document) {
    return artifacts.put(document);
  }

  /** A document that is read again and again. */
  synchronized JsonNode list(String digest) {
    return recent.computeIfAbsent(
        digest,
        missing ->
            Json.read(new String(artifacts.get(missing), StandardCharsets.UTF_8), JsonNode.class));
  }

  byte[] get(String digest) {
    return artifacts.get(digest);
  }
}
