package dev.airlock.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;

/** Bytes under the lower-case hex SHA-256 of themselves: models, evidence, jars, logs. */
public interface ArtifactStore {

  /**
   * Opens the store at a URI.
   *
   * @param location {@code file:///…}; made where it is missing
   * @throws ArtifactException where that kind of URI is not served
   */
  static ArtifactStore open(URI location) {
    if ("file".equals(location.getScheme())) {
      return new FileArtifactStore(Path.of(URI.create("file:" + location.getPath())));
    }
    throw new ArtifactException(
        "AIRLOCK_ARTIFACTS is "
            + location
            + ": expected a file: URI, such as file:///var/lib/airlock/artifacts. Object stores (s3a:) are not served yet.");
  }

  /**
   * Keeps the bytes for good before it returns. Idempotent.
   *
   * @return their digest
   */
  String put(byte[] bytes);

  /**
   * Keeps all that is left of the stream, for good before it returns; never in memory as a whole.
   * What the stream throws comes through, and then nothing is kept. Idempotent.
   *
   * @return their digest
   */
  String put(InputStream bytes) throws IOException;

  /**
   * The bytes of this digest, held against it.
   *
   * @throws ArtifactException where they are missing or damaged
   */
  byte[] get(String digest);

  boolean contains(String digest);

  /**
   * A file that holds the bytes, such as a class loader needs.
   *
   * @throws ArtifactException where they are missing
   */
  Path file(String digest);
}
