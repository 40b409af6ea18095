package dev.airlock.store;

import java.util.List;

/**
 * A name that pipelines may use, or do.
 *
 * @param sources where its value comes from, on the workers that are there; empty where none has it
 * @param faults why it can't be used
 * @param usedBy the stages that need it, {@code pipeline/stage}
 */
public record VaultName(
    String kind, String name, List<String> sources, List<String> faults, List<String> usedBy) {

  public VaultName {
    sources = List.copyOf(sources);
    faults = List.copyOf(faults);
    usedBy = List.copyOf(usedBy);
  }
}
