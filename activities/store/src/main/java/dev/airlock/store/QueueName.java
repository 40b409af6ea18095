package dev.airlock.store;

import java.util.List;

/**
 * A named queue.
 *
 * @param taken whether a worker is there that takes it
 * @param usedBy the stages that are for it, as {@code pipeline/stage}
 */
public record QueueName(String name, boolean taken, List<String> usedBy) {

  public QueueName {
    usedBy = List.copyOf(usedBy);
  }
}
