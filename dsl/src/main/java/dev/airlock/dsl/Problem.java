package dev.airlock.dsl;

/**
 * One thing that is wrong with a pipeline.
 *
 * @param place where, such as {@code stage 'features' (RepeatPurchase.java:32)}
 * @param what what is wrong, as a sentence
 * @param suggestion what to do about it, as a sentence
 */
public record Problem(String place, String what, String suggestion) {

  @Override
  public String toString() {
    return place + ": " + what + " " + suggestion;
  }
}
