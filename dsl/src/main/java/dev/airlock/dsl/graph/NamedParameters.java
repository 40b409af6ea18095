package dev.airlock.dsl.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL whose {@code :names} have become the question marks of JDBC. Names inside texts, quoted
 * identifiers and comments are left alone.
 *
 * @param sql for JDBC
 * @param names one for each question mark, in their order
 * @param hasQuestionMark whether the SQL had one of its own
 */
public record NamedParameters(String sql, List<String> names, boolean hasQuestionMark) {

  /** The day that a run stands for, a DATE. */
  public static final String AS_OF = "as_of";

  /** The key of the stage in its run, a text: the same in every attempt. */
  public static final String RUN_KEY = "run_key";

  private static final Pattern TOKEN =
      Pattern.compile(
          """
          [eE]'(?:[^'\\\\]|\\\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*`
          | --[^\\n]* | /\\*.*?\\*/ | (?<tag>\\$\\w*\\$).*?\\k<tag> | ::
          | :(?<name>[A-Za-z_]\\w*)
          | (?<mark>\\?)
          """,
          Pattern.COMMENTS | Pattern.DOTALL);

  public NamedParameters {
    names = List.copyOf(names);
  }

  /** Reads SQL. */
  public static NamedParameters of(String sql) {
    StringBuilder text = new StringBuilder();
    List<String> names = new ArrayList<>();
    boolean mark = false;
    Matcher token = TOKEN.matcher(sql);
    while (token.find()) {
      mark |= token.group("mark") != null;
      if (token.group("name") != null) {
        names.add(token.group("name"));
        token.appendReplacement(text, "?");
      } else {
        token.appendReplacement(text, Matcher.quoteReplacement(token.group()));
      }
    }
    token.appendTail(text);
    return new NamedParameters(text.toString(), names, mark);
  }
}
