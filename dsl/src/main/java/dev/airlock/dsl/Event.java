package dev.airlock.dsl;

import dev.airlock.dsl.graph.Work.EventSource;

/**
 * Something that a stage can wait for.
 *
 * @param <T> what it brings
 */
@SuppressWarnings("UnusedTypeParameter") // for the compiler's eyes
public final class Event<T> {

  private final EventSource source;
  private final String name;

  private Event(EventSource source, String name) {
    this.source = source;
    this.name = name;
  }

  /**
   * An event that somebody tells: {@code POST /api/v1/events/{name}}, or {@code airlock event
   * NAME}. It brings its payload, as JSON is read: text, a number, true or false, a list or a map.
   */
  public static Event<Object> named(String name) {
    return new Event<>(EventSource.EVENT, name);
  }

  /** As {@link #named(String)}, with a payload that is read as a record of one's own. */
  @SuppressWarnings("unused") // for the compiler's eyes
  public static <T> Event<T> named(String name, Class<T> payload) {
    return new Event<>(EventSource.EVENT, name);
  }

  /**
   * A new version of a dataset, {@code <pipeline>.<stage>}, whichever pipeline makes it. It brings
   * the version.
   */
  public static Event<Dataset> dataset(String name) {
    return new Event<>(EventSource.DATASET, name);
  }

  EventSource source() {
    return source;
  }

  public String name() {
    return name;
  }
}
