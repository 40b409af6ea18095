package dev.airlock.dsl;

import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SplitSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How rows are parted in time: the newest snapshot with complete labels judges, an older one
 * chooses, the oldest train, and no label used for training or choosing reaches past the snapshot
 * that is judged on. {@link SplitSpec} has the exact rule.
 */
public final class Split {

  private final String snapshotColumn;
  private final @Nullable Setting embargoDays;
  private final @Nullable Param<Integer> param;

  private Split(
      String snapshotColumn, @Nullable Setting embargoDays, @Nullable Param<Integer> param) {
    this.snapshotColumn = snapshotColumn;
    this.embargoDays = embargoDays;
    this.param = param;
  }

  /** By the date column that names each row's snapshot. */
  public static Split bySnapshot(String column) {
    return new Split(column, null, null);
  }

  /** The label's horizon in days, at least one. */
  public Split embargo(int days) {
    return new Split(snapshotColumn, Setting.of(days), null);
  }

  /** As {@link #embargo(int)}, from a param; its smallest value must be at least one. */
  public Split embargo(Param<Integer> days) {
    return new Split(snapshotColumn, Setting.fromParam(days.name()), days);
  }

  List<Param<?>> params() {
    return param == null ? List.of() : List.of(param);
  }

  SplitSpec spec(Findings findings) {
    Findings here = findings.at("split by '%s'".formatted(snapshotColumn));
    if (snapshotColumn.isBlank()) {
      here.add("The split names no column.", "Name the date column of the snapshots.");
    }
    if (embargoDays == null) {
      here.add(
          "The split has no embargo, so labels of the training rows could reach into the holdout.",
          "Give it the label's horizon: .embargo(90).");
      return new SplitSpec(snapshotColumn, Setting.of(1));
    }
    String least = param == null ? embargoDays.literal() : param.spec().atLeast();
    if (least == null) {
      here.add(
          "The embargo's param '%s' may be below 1 day.".formatted(embargoDays.param()),
          "Bound it: .atLeast(1).");
    } else if (Integer.parseInt(least) < 1) {
      here.add(
          "The embargo may be %s days.".formatted(least),
          "It is the label's horizon: at least 1 day.");
    }
    return new SplitSpec(snapshotColumn, embargoDays);
  }
}
