package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoSummaryTest {

  private static final String EVIDENCE =
      """
      {"version":1,"evidence":{"baseRate":%s,"metrics":{"log_loss":0.4,"brier":0.1}}}
      """;

  private static List<String> lines(String baseRate, boolean isKept) {
    return new DemoSummary(
            URI.create("http://127.0.0.1:1"),
            Api.parse("{}"),
            Api.parse(EVIDENCE.formatted(baseRate)),
            Api.parse("{}"),
            false,
            1)
        .lines(isKept);
  }

  private static String beside(String metric, List<String> lines) {
    String line =
        lines.stream().filter(each -> each.strip().startsWith(metric + " ")).findFirst().orElse("");
    return line.replaceAll(" +", " ").strip();
  }

  @Test
  void shouldPutWhatTheBaseRateAloneWouldScoreBesideTheModel() {
    List<String> lines = lines("0.25", true);
    assertEquals("log loss 0.400 0.562 by always saying the base rate", beside("log loss", lines));
    assertEquals("Brier 0.100 0.188 by always saying the base rate", beside("Brier", lines));
    assertEquals(
        "log loss 0.400 0.000 by always saying the base rate",
        beside("log loss", lines("0", true)));
  }

  @Test
  void shouldSayThatThePagesEndOnlyWhenTheyDo() {
    assertTrue(lines("0.2", false).stream().anyMatch(line -> line.contains("--keep")));
    assertTrue(lines("0.2", true).stream().noneMatch(line -> line.contains("--keep")));
  }
}
