package dev.airlock.store;

/**
 * An attempt at an item of a map that has begun.
 *
 * @param index of the item, from 0
 * @param attempt from 1
 * @param claimed the attempt under which the item was claimed: a short item is tried again within
 *     its claim
 */
public record ItemAttempt(int index, int attempt, int claimed) {

  /** One more attempt within the claim. */
  public ItemAttempt again() {
    return new ItemAttempt(index, attempt + 1, claimed);
  }
}
