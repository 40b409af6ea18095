package dev.airlock.dsl;

import dev.airlock.dsl.graph.StartSpec.DatasetRule;
import java.util.List;
import java.util.stream.Stream;

/** That new versions of datasets have been published, since the last run that it has started. */
public final class DatasetEvent {

  private final List<String> datasets;

  DatasetEvent(List<String> datasets) {
    this.datasets = List.copyOf(datasets);
  }

  static DatasetEvent allOf(DatasetEvent... events) {
    return new DatasetEvent(
        Stream.of(events).flatMap(event -> event.datasets.stream()).distinct().sorted().toList());
  }

  DatasetRule spec() {
    return new DatasetRule(datasets);
  }
}
