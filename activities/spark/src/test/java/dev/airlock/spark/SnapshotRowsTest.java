package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

final class SnapshotRowsTest {

  private static final LocalDate MAY = LocalDate.of(1997, 5, 31);
  private static final LocalDate JUNE = LocalDate.of(1997, 6, 30);

  /** {@code rare} is 1 in every tenth row; all rows that are not rare are alike. */
  private static final Dataset<Row> ROWS =
      World.session()
          .sql(
              """
              SELECT IF(id < 3000, DATE '1997-05-31', DATE '1997-06-30') AS as_of,
                     IF(id = 17, NULL, id % 2) AS label,
                     IF(id % 10 = 0, 1, 0) AS rare
              FROM range(4000)
              """);

  @Test
  void shouldReadEveryLabelledRowWhereThereAreNoMoreThanAllowed() {
    SnapshotRows rows = read(ROWS, 3_999);
    assertEquals(3_999, rows.count());
    assertEquals(400, Arrays.stream(rows.column("rare")).sum());
  }

  @Test
  void shouldTakeASampleThatIsLikeTheRest() {
    SnapshotRows rows = read(ROWS, 1_000);
    assertEquals(1_000, rows.count());
    assertEquals(0.1, Arrays.stream(rows.column("rare")).average().orElse(0), 0.03);
    assertEquals(0.5, Arrays.stream(rows.labels()).average().orElse(0), 0.05);
  }

  @Test
  void shouldTakeTheSameSampleInWhateverOrderTheRowsAreRead() {
    SnapshotRows rows = read(ROWS, 1_000);
    SnapshotRows shuffled = read(ROWS.repartition(7).orderBy("rare"), 1_000);
    assertArrayEquals(rows.labels(), shuffled.labels());
    assertArrayEquals(rows.column("rare"), shuffled.column("rare"));
  }

  private static SnapshotRows read(Dataset<Row> rows, int most) {
    return SnapshotRows.of(rows, "as_of", List.of(MAY, JUNE), "label", List.of("rare"), most);
  }
}
