package dev.airlock.workflows;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a stage did with a sample. Nothing else of it is kept.
 *
 * @param inputs what it read, in the order of its arguments
 * @param rows the first rows of what it made, or, where it checks, of what it read; null where it
 *     makes none
 * @param checks one per expectation
 * @param metrics on the sample, by their names
 * @param json what a task of one's own returned
 * @param notes what a reader should know of these figures
 * @param tookMillis how long it took on the worker
 */
public record TrialResult(
    String pipeline,
    String stage,
    String kind,
    List<Input> inputs,
    @Nullable RowSample rows,
    List<Check> checks,
    SortedMap<String, Double> metrics,
    @Nullable String json,
    List<String> notes,
    long tookMillis) {

  public TrialResult {
    inputs = List.copyOf(inputs);
    checks = List.copyOf(checks);
    metrics = new TreeMap<String, Double>((Map<String, Double>) metrics);
    notes = List.copyOf(notes);
  }

  /**
   * A dataset that was read.
   *
   * @param stage the stage that gives it
   * @param from where its rows came from, in words
   * @param rows how many there are in all, -1 where nobody knows
   * @param sampled how many of them were read at most
   */
  public record Input(String stage, String from, long rows, long sampled) {}

  /**
   * An expectation held against the sample.
   *
   * @param says what does not hold, one sentence each
   * @param examples rows that break it; null where it holds, or none does so by itself
   */
  public record Check(
      String expectation, boolean holds, List<String> says, @Nullable RowSample examples) {
    public Check {
      says = List.copyOf(says);
    }
  }

  /** The same result, timed. */
  public TrialResult took(long millis) {
    return new TrialResult(
        pipeline, stage, kind, inputs, rows, checks, metrics, json, notes, millis);
  }
}
