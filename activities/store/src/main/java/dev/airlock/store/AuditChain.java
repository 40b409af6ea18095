package dev.airlock.store;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Reads the rows of the audit one after another, and says what does not fit: rows that are gone,
 * altered, in the wrong place or too many, and an end that is not where signed heads have seen it.
 */
public final class AuditChain {

  /** After so many faults no more are listed. */
  public static final int MOST_FAULTS = 20;

  private final NavigableMap<Long, String> signed = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private AuditHead last;
  private long rows;
  private int heads;

  private AuditChain(AuditHead from) {
    this.last = from;
  }

  /** From the first row on. */
  public static AuditChain fromTheBeginning() {
    return new AuditChain(new AuditHead(0, AuditRow.BEGINNING));
  }

  /** From the row on that follows a head. */
  public static AuditChain after(AuditHead head) {
    return new AuditChain(head);
  }

  /** A head that was signed once: the chain must go through it. Comes before the rows. */
  public AuditChain through(AuditHead head) {
    heads++;
    String other = signed.put(head.sequence(), head.hash());
    if (other != null && !other.equals(head.hash())) {
      fault(
          "Two heads were signed for row %d, with different hashes: the chain was written anew between them."
              .formatted(head.sequence()));
    }
    return this;
  }

  /** The next row, in the order of their sequence. */
  public void add(AuditRow row) {
    rows++;
    long expected = last.sequence() + 1;
    if (row.sequence() != expected) {
      fault(
          row.sequence() > expected
              ? missing(expected, row.sequence() - 1)
              : "Row %d stands where row %d is expected.".formatted(row.sequence(), expected));
    } else if (!row.previousHash().equals(last.hash())) {
      fault(
          "Row %d does not follow row %d: it names another hash before it."
              .formatted(row.sequence(), last.sequence()));
    }
    if (!row.expectedHash().equals(row.hash())) {
      fault(
          "Row %d (%s, %s of %s %s) was altered: its hash is not that of its fields."
              .formatted(row.sequence(), row.actor(), row.action(), row.entity(), row.entityId()));
    }
    String known = signed.get(row.sequence());
    if (known != null && !known.equals(row.hash())) {
      fault(
          "The chain was written anew: the head that was signed at row %d has another hash."
              .formatted(row.sequence()));
    }
    last = new AuditHead(row.sequence(), row.hash());
  }

  private static String missing(long first, long last) {
    return first == last
        ? "Row %d is gone.".formatted(first)
        : "Rows %d to %d are gone.".formatted(first, last);
  }

  private void fault(String sentence) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(sentence);
    }
  }

  /**
   * What came of it.
   *
   * @param kept where the database says that the chain ends
   */
  public AuditVerdict end(AuditHead kept) {
    if (!signed.isEmpty() && signed.lastKey() > last.sequence()) {
      fault(
          "The tail was cut: a head was signed at row %d, and the chain ends at row %d."
              .formatted(signed.lastKey(), last.sequence()));
    }
    if (!kept.equals(last)) {
      fault(
          "The database says that the chain ends at row %d, and its last row is %d."
              .formatted(kept.sequence(), last.sequence()));
    }
    return new AuditVerdict(rows, last, heads, faults);
  }
}
