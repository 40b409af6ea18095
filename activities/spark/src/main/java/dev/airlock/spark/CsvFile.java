package dev.airlock.spark;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file to be read.
 *
 * @param location a path, a {@code file:} URI, or the name of a file in the pipeline's jar
 * @param name without folders
 */
record CsvFile(String location, String name) {

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int BUFFER = 1 << 16;

  static CsvFile at(String location) {
    return new CsvFile(location, location.substring(location.lastIndexOf('/') + 1));
  }

  /**
   * Its text as bytes, decompressed where its name ends in {@code .gz}.
   *
   * @throws io.temporal.failure.ApplicationFailure bad data, where there is no such file, or it is
   *     compressed and shouldn't be, or the other way round
   * @throws IOException where the disk fails
   */
  InputStream open(PipelineResources resources, String codeDigest, CsvFaults faults)
      throws IOException {
    BufferedInputStream bytes =
        new BufferedInputStream(openRaw(resources, codeDigest, faults), BUFFER);
    boolean expected = name.endsWith(".gz");
    if (startsLikeGzip(bytes) == expected) {
      return expected ? decompressed(bytes, faults) : bytes;
    }
    try (bytes) {
      throw faults.last(
          expected
              ? CsvFault.ofFile(
                  name,
                  "a gzip file, since its name ends in .gz",
                  "a file that is none" + start(bytes))
              : CsvFault.ofFile(
                  name,
                  "plain text, since its name does not end in .gz",
                  "a file that is gzip-compressed"));
    }
  }

  private InputStream decompressed(InputStream bytes, CsvFaults faults) throws IOException {
    try {
      return new GZIPInputStream(bytes, BUFFER);
    } catch (EOFException | ZipException e) {
      bytes.close();
      throw faults.last(
          CsvFault.ofFile(name, "a sound gzip file", "one whose header is damaged or cut off"));
    }
  }

  private InputStream openRaw(PipelineResources resources, String codeDigest, CsvFaults faults)
      throws IOException {
    URI uri = URI.create(location.replace(" ", "%20"));
    String scheme = uri.getScheme();
    if (scheme == null && !location.startsWith("/")) {
      return openResource(resources, codeDigest, faults);
    }
    if (scheme != null && !scheme.equals("file")) {
      throw faults.last(
          CsvFault.ofFile(
              location, "a path, a file: URI or a file in the pipeline's jar", scheme + ":"));
    }
    return openPath(Path.of(scheme == null ? location : uri.getPath()), resources, faults);
  }

  private InputStream openResource(PipelineResources resources, String codeDigest, CsvFaults faults)
      throws IOException {
    try {
      return resources.open(codeDigest, location);
    } catch (FileNotFoundException e) {
      throw faults.last(
          CsvFault.ofFile(
              location,
              "a file in the pipeline's jar, since it is no absolute path",
              "no such file there"));
    }
  }

  private static InputStream openPath(Path path, PipelineResources resources, CsvFaults faults)
      throws IOException {
    String shown = path.toString();
    if (!Files.exists(path)) {
      throw faults.last(CsvFault.ofFile(shown, "a file on the worker's machine", "none"));
    }
    if (!Files.isRegularFile(path)) {
      throw faults.last(CsvFault.ofFile(shown, "a file", "something that is none"));
    }
    // Before a byte is read: what a fault quotes stands on pages and in logs.
    if (!resources.mayRead(path.toRealPath())) {
      throw faults.last(
          CsvFault.ofFile(
              shown,
              "a file outside the folders in which Airlock keeps its own, its secrets among them",
              "one inside them"));
    }
    if (!Files.isReadable(path)) {
      throw faults.last(
          CsvFault.ofFile(shown, "a file that the worker may read", "one that it may not"));
    }
    return Files.newInputStream(path);
  }

  private static boolean startsLikeGzip(InputStream bytes) throws IOException {
    bytes.mark(2);
    int first = bytes.read();
    int second = bytes.read();
    bytes.reset();
    return (first << 8 | second) == GZIP_MAGIC;
  }

  private static String start(InputStream bytes) throws IOException {
    String text = new String(bytes.readNBytes(16), StandardCharsets.US_ASCII);
    boolean readable = !text.isEmpty() && text.chars().allMatch(c -> c >= ' ' && c < 127);
    return readable ? " and starts with " + CsvFault.quote(text) : "";
  }
}
