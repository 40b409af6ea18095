package dev.airlock.web.ui;

import java.util.List;
import java.util.stream.Collectors;

/** Writes Markdown in which no value can be taken for markup. */
final class Markdown {

  private static final String MARKUP = "\\`*_[]<>#|&~!";

  private final StringBuilder text = new StringBuilder();

  /** A heading of the first level. */
  Markdown title(String words) {
    return line("# " + escaped(words)).line("");
  }

  /** A heading of the second level. */
  Markdown heading(String words) {
    return line("## " + escaped(words)).line("");
  }

  Markdown paragraph(String words) {
    return line(opening(words)).line("");
  }

  Markdown list(List<String> items) {
    items.forEach(item -> line("- " + opening(item)));
    return line("");
  }

  /** A table; nothing where it has no rows. */
  Markdown table(List<String> heads, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return this;
    }
    line(cells(heads));
    line(heads.stream().map(head -> "---").collect(Collectors.joining(" | ", "| ", " |")));
    rows.forEach(row -> line(cells(row)));
    return line("");
  }

  private static String cells(List<String> cells) {
    return cells.stream().map(Markdown::escaped).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private Markdown line(String line) {
    text.append(line).append('\n');
    return this;
  }

  /** On one line, each sign of markup after a backslash, which CommonMark takes for the sign. */
  static String escaped(String words) {
    StringBuilder escaped = new StringBuilder();
    words
        .strip()
        .codePoints()
        .map(
            point ->
                Character.isISOControl(point) || point == 0x2028 || point == 0x2029 ? ' ' : point)
        .forEach(
            point -> {
              if (point < 128 && MARKUP.indexOf(point) >= 0) {
                escaped.append('\\');
              }
              escaped.appendCodePoint(point);
            });
    return escaped.toString();
  }

  /** The same at the beginning of a line, where more signs are markup. */
  private static String opening(String words) {
    String escaped = escaped(words);
    return escaped.isEmpty() || "-+=".indexOf(escaped.charAt(0)) < 0 ? escaped : "\\" + escaped;
  }

  @Override
  public String toString() {
    return text.toString().stripTrailing() + "\n";
  }
}
