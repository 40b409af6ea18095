package dev.airlock.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

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
}
