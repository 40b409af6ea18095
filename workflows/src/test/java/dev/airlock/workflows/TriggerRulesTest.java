package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.TriggerRule;
import dev.airlock.workflows.TriggerRules.Ends;
import dev.airlock.workflows.TriggerRules.Verdict;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every rule against every two stages before a stage. */
final class TriggerRulesTest {

  /**
   * The stages before: S succeeded, F failed, U failed for what was before it, K was skipped, O is
   * open. Below each rule, what becomes of the stage.
   */
  private static final String TABLE =
      """
         ALL_SUCCESS ALL_FAILED ALL_DONE ALL_SKIPPED ONE_SUCCESS ONE_FAILED ONE_DONE NONE_FAILED \
      NONE_FAILED_MIN_ONE_SUCCESS NONE_SKIPPED ALWAYS
      SS start       skip       start    skip        start       skip       start    start       \
      start                       start        start
      SF fail        skip       start    skip        start       start      start    fail        \
      fail                        start        start
      SU fail        skip       start    skip        start       start      start    fail        \
      fail                        start        start
      SK skip        skip       start    skip        start       skip       start    start       \
      start                       skip         start
      FF fail        start      start    skip        fail        start      start    fail        \
      fail                        start        start
      FU fail        start      start    skip        fail        start      start    fail        \
      fail                        start        start
      FK fail        skip       start    skip        fail        start      start    fail        \
      fail                        skip         start
      UU fail        start      start    skip        fail        start      skip     fail        \
      fail                        start        start
      UK fail        skip       start    skip        fail        start      skip     fail        \
      fail                        skip         start
      KK skip        skip       start    start       skip        skip       skip     start       \
      skip                        skip         start
      SO wait        skip       wait     skip        start       wait       start    wait        \
      wait                        wait         start
      FO fail        wait       wait     skip        wait        start      start    fail        \
      fail                        wait         start
      UO fail        wait       wait     skip        wait        start      wait     fail        \
      fail                        wait         start
      KO skip        skip       wait     wait        wait        wait       wait     wait        \
      wait                        skip         start
      OO wait        wait       wait     wait        wait        wait       wait     wait        \
      wait                        wait         start
      """;

  @ParameterizedTest
  @EnumSource
  void shouldJudgeAsAirflowDoes(TriggerRule rule) {
    String[] lines = TABLE.split("\n", -1);
    String[] rules = lines[0].strip().split(" +", -1);
    int column = 0;
    while (!rules[column].equals(rule.name())) {
      column++;
    }
    for (String line : TABLE.strip().split("\n", -1)) {
      String[] cells = line.strip().split(" +", -1);
      if (cells[0].length() == 2) {
        assertEquals(
            Verdict.valueOf(cells[column + 1].toUpperCase(Locale.ROOT)),
            TriggerRules.judge(rule, ends(cells[0])),
            () -> rule + " after " + cells[0]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldStartWhatIsBehindNothing(TriggerRule rule) {
    assertEquals(Verdict.START, TriggerRules.judge(rule, new Ends(0, 0, 0, 0, 0)));
  }

  @Test
  void shouldNameEachRuleInTheTable() {
    assertEquals(
        TriggerRule.values().length, TABLE.split("\n", -1)[0].strip().split(" +", -1).length);
  }

  private static Ends ends(String letters) {
    return new Ends(
        letters.length(),
        count(letters, 'S'),
        count(letters, 'F'),
        count(letters, 'U'),
        count(letters, 'K'));
  }

  private static int count(String letters, char letter) {
    return (int) letters.chars().filter(one -> one == letter).count();
  }
}
