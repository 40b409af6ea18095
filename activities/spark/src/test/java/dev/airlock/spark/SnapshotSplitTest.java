package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SnapshotSplitTest {

  private static final LocalDate NEW_YEARS_EVE = LocalDate.of(1997, 12, 31);

  @Test
  void shouldSplitMonthEndsAsTheExampleDoes() {
    SnapshotSplit split = SnapshotSplit.of(monthEnds(4, 12), NEW_YEARS_EVE, 90);
    assertEquals(LocalDate.of(1997, 9, 30), split.holdout());
    assertEquals(LocalDate.of(1997, 6, 30), split.validation());
    assertEquals(List.of(LocalDate.of(1997, 4, 30), LocalDate.of(1997, 5, 31)), split.training());
  }

  @Test
  void shouldCountASnapshotWhoseLabelsAreCompleteThatVeryDay() {
    SnapshotSplit split =
        SnapshotSplit.of(monthEnds(4, 12), LocalDate.of(1997, 9, 30).plusDays(90), 90);
    assertEquals(LocalDate.of(1997, 9, 30), split.holdout());
    SnapshotSplit before =
        SnapshotSplit.of(monthEnds(4, 12), LocalDate.of(1997, 9, 30).plusDays(89), 80);
    assertEquals(LocalDate.of(1997, 9, 30), before.holdout());
  }

  /** Over a thousand random calendars, seeded, so that a failure comes back. */
  @Test
  void shouldNeverLetALabelReachPastTheHoldout() {
    Random random = new Random(7);
    int splits = 0;
    for (int i = 0; i < 1_000; i++) {
      int embargo = 1 + random.nextInt(120);
      LocalDate logicalDate = NEW_YEARS_EVE.plusDays(random.nextInt(400));
      NavigableSet<LocalDate> dates = new TreeSet<>();
      int count = random.nextInt(30);
      for (int j = 0; j < count; j++) {
        dates.add(LocalDate.of(1997, 1, 1).plusDays(random.nextInt(700)));
      }
      SnapshotSplit split;
      try {
        split = SnapshotSplit.of(dates, logicalDate, embargo);
      } catch (ApplicationFailure tooLittle) {
        continue;
      }
      splits++;
      requireSound(split, dates, logicalDate, embargo);
    }
    assertTrue(splits > 200, "only " + splits + " calendars could be split");
  }

  private static void requireSound(
      SnapshotSplit split, NavigableSet<LocalDate> dates, LocalDate logicalDate, int embargo) {
    assertFalse(split.holdout().plusDays(embargo).isAfter(logicalDate));
    for (LocalDate later : dates.tailSet(split.holdout(), false)) {
      assertTrue(later.plusDays(embargo).isAfter(logicalDate), "a later holdout was possible");
    }
    assertFalse(split.validation().plusDays(embargo).isAfter(split.holdout()));
    assertFalse(split.training().isEmpty());
    for (LocalDate trained : split.training()) {
      assertTrue(trained.isBefore(split.validation()));
      assertFalse(trained.plusDays(embargo).isAfter(split.holdout()));
    }
    assertEquals(List.copyOf(dates.headSet(split.validation())), split.training());
  }

  @Test
  void shouldSayWhichDatesThereAreWhenHistoryIsTooShort() {
    assertEquals(
        "Too little history by 1997-12-31 with labels complete after 90 days: expected a snapshot to train on before 1997-06-30, which chooses (1997-09-30 judges), found 1997-06-30, 1997-07-31, 1997-08-31, 1997-09-30. Give data that begins earlier, or a later logical date.",
        failure(monthEnds(6, 9)).getOriginalMessage());
    assertTrue(
        failure(monthEnds(8, 9))
            .getOriginalMessage()
            .contains("to choose on, with labels complete by 1997-09-30"));
    assertTrue(failure(monthEnds(11, 12)).getOriginalMessage().contains("to judge on"));
    assertTrue(failure(List.of()).getOriginalMessage().contains("found no snapshot at all"));
    assertEquals(StageFailure.BAD_DATA, failure(List.of()).getType());
  }

  private static ApplicationFailure failure(List<LocalDate> dates) {
    return assertThrows(ApplicationFailure.class, () -> SnapshotSplit.of(dates, NEW_YEARS_EVE, 90));
  }

  private static List<LocalDate> monthEnds(int first, int last) {
    return new ArrayList<>(
        IntStream.rangeClosed(first, last)
            .mapToObj(month -> YearMonth.of(1997, month).atEndOfMonth())
            .toList());
  }
}
