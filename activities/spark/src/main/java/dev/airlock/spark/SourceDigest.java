package dev.airlock.spark;

import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a source holds, by the SHA-256 of its text. */
public final class SourceDigest {

  private static final Logger LOG = LoggerFactory.getLogger(SourceDigest.class);

  private final PipelineResources resources;

  public SourceDigest(PipelineResources resources) {
    this.resources = resources;
  }

  /** The digest of what an ingest would read now; empty where it can't be read. */
  public Optional<String> of(SourceSpec source, StageTask task) {
    if (!(source instanceof SourceSpec.Csv csv)) {
      return Optional.empty();
    }
    CsvFile file = CsvFile.at(csv.location().in(task.params()));
    try (DigestInputStream bytes =
        reading(file.open(resources, task.codeDigest(), new CsvFaults()))) {
      return Optional.of(finished(bytes));
    } catch (IOException | ApplicationFailure e) {
      LOG.info("{} can't be read: {}", file.location(), e.getMessage());
      return Optional.empty();
    }
  }

  static DigestInputStream reading(InputStream bytes) {
    try {
      return new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  /** The digest of all bytes, those that nobody has read yet among them. */
  static String finished(DigestInputStream bytes) throws IOException {
    bytes.transferTo(OutputStream.nullOutputStream());
    return HexFormat.of().formatHex(bytes.getMessageDigest().digest());
  }
}
