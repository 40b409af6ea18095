package dev.airlock.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The files inside the jars of pipelines. */
public interface PipelineResources {

  /**
   * Opens a file inside a jar.
   *
   * @param codeDigest names the jar
   * @param name the file's path from the jar's root, such as {@code data/orders.csv.gz}
   * @throws FileNotFoundException where the jar has no such file
   * @throws IOException where the jar can't be read
   */
  InputStream open(String codeDigest, String name) throws IOException;

  /**
   * Whether a stage may read this file of the worker's machine.
   *
   * @param file absolute, without links
   */
  default boolean mayRead(Path file) {
    return true;
  }
}
