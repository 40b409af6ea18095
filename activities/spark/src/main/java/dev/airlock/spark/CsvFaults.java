package dev.airlock.spark;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a file, as far as it has been read. After ten faults reading stops. */
final class CsvFaults {

  static final int MOST = 10;

  private final List<CsvFault> faults = new ArrayList<>();

  /**
   * Remembers a fault.
   *
   * @throws ApplicationFailure bad data, where there are ten
   */
  void add(CsvFault fault) {
    faults.add(fault);
    if (faults.size() == MOST) {
      throw failure(" Reading stopped after " + MOST + " faults.");
    }
  }

  boolean isEmpty() {
    return faults.isEmpty();
  }

  /**
   * Ends the reading.
   *
   * @throws ApplicationFailure bad data, where there is a fault
   */
  void throwIfAny() {
    if (!faults.isEmpty()) {
      int more = faults.size() - 1;
      throw failure(
          more == 0
              ? ""
              : " %d more %s found.".formatted(more, more == 1 ? "fault was" : "faults were"));
    }
  }

  /** Ends the reading with a fault after which nothing more can be read. */
  ApplicationFailure last(CsvFault fault) {
    add(fault);
    throwIfAny();
    throw new AssertionError("A fault was added.");
  }

  private ApplicationFailure failure(String rest) {
    List<String> sentences = faults.stream().map(CsvFault::sentence).toList();
    return StageFailure.of(StageFailure.BAD_DATA, sentences.get(0) + rest, sentences);
  }
}
