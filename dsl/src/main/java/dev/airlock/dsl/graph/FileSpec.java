package dev.airlock.dsl.graph;

import org.jspecify.annotations.Nullable;

/**
 * A file that is laid into a program's working directory. Either resource or content is present.
 *
 * @param name its path there
 * @param resource its path from the root of the pipeline's own jar
 * @param content its text
 */
public record FileSpec(String name, @Nullable String resource, @Nullable String content) {

  public FileSpec {
    if ((resource == null) == (content == null)) {
      throw new IllegalArgumentException("A file is either a resource or a text.");
    }
  }
}
