package dev.airlock.dsl.load;

/**
 * What the compiler has against a source file, and where.
 *
 * @param file the file's name
 * @param line from 1; 0 where it is about the whole file
 * @param column from 1; 0 where it is about the whole line
 * @param message the compiler's sentence
 */
public record SourceFault(String file, int line, int column, String message) {

  /** As compilers write it: {@code Orders.java:12:5: ';' expected}. */
  @Override
  public String toString() {
    return file
        + (line == 0 ? "" : ":" + line)
        + (line == 0 || column == 0 ? "" : ":" + column)
        + ": "
        + message;
  }
}
