package dev.airlock.dsl.graph;

/**
 * How rows are parted in time. The holdout is the latest snapshot whose labels are complete at the
 * logical date (snapshot + embargo is not after it), the validation snapshot the latest whose
 * labels are complete at the holdout's date, and training uses every snapshot before that one whose
 * labels are complete at the holdout's date.
 *
 * @param snapshotColumn the date column that names a row's snapshot
 * @param embargoDays the label's horizon, in days
 */
public record SplitSpec(String snapshotColumn, Setting embargoDays) {}
