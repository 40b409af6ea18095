package dev.airlock.worker;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Histories;
import dev.airlock.store.RunHistory;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the histories of closed runs in the artifact store, since Temporal forgets them. A run that
 * nobody has kept comes round again; several workers share the work.
 */
final class HistoryKeeper {

  private static final Logger log = LoggerFactory.getLogger(HistoryKeeper.class);

  private static final int AT_ONCE = 20;

  /** A run is closed in PostgreSQL a moment before its workflow is. */
  private static final Duration LEASE = Duration.ofSeconds(5);

  private final Histories histories;
  private final ArtifactStore artifacts;
  private final HistoryReader reader;

  HistoryKeeper(Histories histories, ArtifactStore artifacts, HistoryReader reader) {
    this.histories = histories;
    this.artifacts = artifacts;
    this.reader = reader;
  }

  /** Keeps what is due. */
  void look() {
    histories.claim(AT_ONCE, LEASE).forEach(this::keep);
  }

  private void keep(long runId) {
    HistoryReader.Found found = reader.read(runId);
    if (found.histories().isEmpty()) {
      histories.forgotten(runId);
      log.info("Temporal has no history of run {} any more.", runId);
    } else if (!found.isOpen()) {
      histories.keep(runId, kept(found.histories()));
    }
  }

  private List<RunHistory> kept(List<WorkflowExecutionHistory> found) {
    List<RunHistory> kept = new ArrayList<>();
    for (WorkflowExecutionHistory history : found) {
      WorkflowExecutionStartedEventAttributes start =
          history.getEvents().get(0).getWorkflowExecutionStartedEventAttributes();
      kept.add(
          new RunHistory(
              kept.size() + 1,
              history.getWorkflowExecution().getWorkflowId(),
              start.getOriginalExecutionRunId(),
              start.getWorkflowType().getName(),
              history.getEvents().size(),
              artifacts.put(compressed(history.toJson(false)))));
    }
    return kept;
  }

  private static byte[] compressed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't be written to.", e);
    }
    return bytes.toByteArray();
  }
}
