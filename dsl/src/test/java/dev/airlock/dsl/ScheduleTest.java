package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30 4 * * MON",
        "*/5 * * * *",
        "0 0 1,15 JAN-mar 1-5",
        "59 23 31 12 7",
        "0-30/10 8-18 * * sun,TUE-sat"
      })
  void shouldTakeCronExpressions(String cron) {
    assertEquals(List.of(), problems(cron, "Europe/Berlin"));
  }

  @ParameterizedTest
  @CsvSource({
    "* * * *, does not have five fields",
    "0 30 4 * * MON, does not have five fields",
    "'', does not have five fields",
    "60 * * * *, is no minute",
    "-1 * * * *, is no minute",
    "* 24 * * *, is no hour",
    "* * 0 * *, is no day of month",
    "* * 32 * *, is no day of month",
    "* * * 13 *, is no month",
    "* * * * FUN, is no day of week",
    "* * * * 8, is no day of week",
    "30-10 * * * *, is no minute",
    "*/0 * * * *, is no minute",
    "1/2/3 * * * *, is no minute",
    "'1, * * * *', is no minute"
  })
  void shouldSayWhichFieldIsWrong(String cron, String what) {
    List<Problem> problems = problems(cron, "UTC");

    assertEquals(1, problems.size(), problems::toString);
    assertEquals("schedule", problems.get(0).place());
    assertTrue(problems.get(0).what().contains(what), problems.get(0).what());
  }

  @Test
  void shouldSuggestAZone() {
    List<Problem> problems = problems("0 0 * * *", "Europe/Berlim");

    assertEquals("'Europe/Berlim' is no time zone.", problems.get(0).what());
    assertEquals("Did you mean 'Europe/Berlin'?", problems.get(0).suggestion());
  }

  private static List<Problem> problems(String cron, String zone) {
    Findings findings = Findings.of("pipeline");
    Schedule.cron(cron, zone).spec(findings);
    return findings.all();
  }
}
