package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class MarkdownTest {

  @Test
  void shouldTakeNoValueForMarkup() {
    assertEquals(
        "| a |\n| --- |\n| \\<img src=x\\> \\| \\[link\\](x) \\`c\\` |\n",
        new Markdown()
            .table(List.of("a"), List.of(List.of("<img src=x> |\n[link](x) `c`")))
            .toString());
    assertEquals("\\- no list\n", new Markdown().paragraph("- no list").toString());
    assertEquals("\\# no title\n", new Markdown().paragraph("# no title").toString());
  }

  @Property(tries = 300)
  void shouldKeepEachValueOnOneLineAndInOneCell(@ForAll String value) {
    String[] lines =
        new Markdown().table(List.of("head"), List.of(List.of(value))).toString().split("\n", -1);
    assertEquals(4, lines.length, "three lines, each ended");
    assertEquals(2, lines[2].replace("\\\\", "").replace("\\|", "").split("\\|", -1).length - 1);
    assertFalse(lines[2].replace("\\\\", "").replace("\\<", "").contains("<"));
  }
}
