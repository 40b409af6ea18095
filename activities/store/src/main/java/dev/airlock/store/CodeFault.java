package dev.airlock.store;

import dev.airlock.dsl.Problem;
import dev.airlock.workflows.StorableText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a file of pipelines, and where.
 *
 * @param file the source file that it is in, or null where none can be named
 * @param line from 1, or null
 * @param column from 1, or null
 * @param message the compiler's sentence, or what is wrong and what to do about it
 */
public record CodeFault(
    @Nullable String file, @Nullable Integer line, @Nullable Integer column, String message) {

  /** PostgreSQL keeps no NUL, which a message may quote from the source. */
  public CodeFault {
    message = StorableText.of(message);
  }

  /** Such as {@code stage 'features' (RepeatPurchase.java:32)}. */
  private static final Pattern PLACE = Pattern.compile("\\(([\\w$]+\\.java):(\\d+)\\)");

  /** A problem of {@code build()}, whose place names a file and a line where it knows them. */
  public static CodeFault of(Problem problem) {
    Matcher place = PLACE.matcher(problem.place());
    return place.find()
        ? new CodeFault(place.group(1), Integer.valueOf(place.group(2)), null, problem.toString())
        : new CodeFault(null, null, null, problem.toString());
  }

  /** The place as compilers write it, {@code Orders.java:12:5}; empty where there is none. */
  public String place() {
    if (file == null) {
      return "";
    }
    return file + (line == null ? "" : ":" + line) + (column == null ? "" : ":" + column);
  }

  /** The place, where the message does not name it itself, and the message. */
  @Override
  public String toString() {
    return file == null || column == null ? message : place() + ": " + message;
  }
}
