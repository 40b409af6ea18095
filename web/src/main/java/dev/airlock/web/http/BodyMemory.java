package dev.airlock.web.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Memory for bodies of one kind that are not whole yet, or whose request runs. The first {@value
 * #FIRST_BYTES} bytes of each are counted apart, so that a few long bodies never keep out the many
 * short ones. All that comes from one place has no more than half.
 */
final class BodyMemory {
  static final int FIRST_BYTES = 16 << 10;

  private final Share first;
  private final Share further;

  /**
   * Has nothing taken yet.
   *
   * @param first bytes for the beginnings of bodies
   * @param further bytes for what comes after
   */
  BodyMemory(long first, long further) {
    this.first = new Share(first);
    this.further = new Share(further);
  }

  /**
   * Takes memory for the next bytes of a body.
   *
   * @param held what the body holds already
   * @return false where there is none left, of all or of this place
   */
  boolean take(String place, long held, int bytes) {
    return (held < FIRST_BYTES ? first : further).take(place, bytes);
  }

  /** Gives back all that a body took. */
  void give(String place, long held) {
    first.give(place, Math.min(held, FIRST_BYTES));
    further.give(place, Math.max(0, held - FIRST_BYTES));
  }

  private static final class Share {
    private final long most;
    private final Map<String, Long> taken = new HashMap<>();
    private long all;

    Share(long most) {
      this.most = most;
    }

    synchronized boolean take(String place, int bytes) {
      long here = taken.getOrDefault(place, 0L) + bytes;
      if (all + bytes > most || here > most / 2) {
        return false;
      }
      all += bytes;
      taken.put(place, here);
      return true;
    }

    synchronized void give(String place, long bytes) {
      all -= bytes;
      taken.computeIfPresent(place, (same, here) -> here == bytes ? null : here - bytes);
    }
  }
}
