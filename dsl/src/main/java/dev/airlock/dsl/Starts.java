package dev.airlock.dsl;

import java.util.List;

/**
 * What starts a pipeline beside its schedule, to be imported statically: {@code
 * startWhen(allOf(dataset("shop.orders"), dataset("shop.prices")))}.
 */
public final class Starts {

  private Starts() {}

  /**
   * A new version of a dataset.
   *
   * @param name as the list of datasets has it: the pipeline, a dot, the stage that ingests it
   */
  public static DatasetEvent dataset(String name) {
    return new DatasetEvent(List.of(name));
  }

  /** A new version of each of them, since the last run that this has started. */
  public static DatasetEvent allOf(DatasetEvent... events) {
    return DatasetEvent.allOf(events);
  }

  /**
   * A signed call from another system.
   *
   * @param name lower-case words joined by hyphens, unique within the pipeline
   */
  public static Webhook webhook(String name) {
    return new Webhook(name, List.of());
  }
}
