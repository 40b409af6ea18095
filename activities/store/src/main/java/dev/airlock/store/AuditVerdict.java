package dev.airlock.store;

import java.util.List;

/**
 * What came of reading the whole chain.
 *
 * @param rows how many there are
 * @param head where the rows end
 * @param heads how many signed heads were held against it
 * @param faults what is wrong, one sentence each, at most {@link AuditChain#MOST_FAULTS}
 */
public record AuditVerdict(long rows, AuditHead head, int heads, List<String> faults) {
  public AuditVerdict {
    faults = List.copyOf(faults);
  }

  /** Whether nothing was altered, as far as rows and heads can tell. */
  public boolean isWhole() {
    return faults.isEmpty();
  }
}
