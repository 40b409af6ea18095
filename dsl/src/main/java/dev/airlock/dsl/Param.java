package dev.airlock.dsl;

import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;

/**
 * A value that a run may be given. Immutable: each method gives another param. Whether the default
 * is of the right kind and within the bounds is seen when the pipeline is built.
 *
 * @param <T> the type that a task gets it as
 */
public sealed class Param<T> implements Input<T> permits Param.Bounded, Param.Location {

  private final ParamSpec spec;

  private Param(ParamSpec spec) {
    this.spec = spec;
  }

  /** Any text. */
  public static Param<String> text(String name) {
    return new Param<>(free(name, ParamType.TEXT));
  }

  /** A whole number of 32 bits. */
  public static Bounded<Integer> integer(String name) {
    return new Bounded<>(free(name, ParamType.INTEGER));
  }

  /** A finite decimal number. */
  public static Bounded<Double> decimal(String name) {
    return new Bounded<>(free(name, ParamType.DECIMAL));
  }

  /** {@code true} or {@code false}. */
  public static Param<Boolean> bool(String name) {
    return new Param<>(free(name, ParamType.BOOLEAN));
  }

  /** An ISO 8601 duration, such as {@code PT30M}. */
  public static Bounded<Duration> duration(String name) {
    return new Bounded<>(free(name, ParamType.DURATION));
  }

  /** An ISO 8601 date, such as {@code 1997-12-31}. */
  public static Bounded<LocalDate> date(String name) {
    return new Bounded<>(free(name, ParamType.DATE));
  }

  /** A URI; a relative one names a resource inside the pipeline's own jar. */
  public static Location uri(String name) {
    return new Location(free(name, ParamType.URI));
  }

  /** What is used when a run gives none. Without it, a run must give one. */
  public Param<T> orElse(T defaultValue) {
    return new Param<>(withDefault(defaultValue));
  }

  /** Its name, as a run gives it. */
  public String name() {
    return spec.name();
  }

  final ParamSpec spec() {
    return spec;
  }

  final ParamSpec withDefault(Object value) {
    return new ParamSpec(spec.name(), spec.type(), value.toString(), spec.atLeast(), spec.atMost());
  }

  private static ParamSpec free(String name, ParamType type) {
    return new ParamSpec(name, type, null, null, null);
  }

  /** A param whose values have an order. */
  public static final class Bounded<T> extends Param<T> {

    private Bounded(ParamSpec spec) {
      super(spec);
    }

    /** Both bounds are allowed values. */
    public Bounded<T> between(T least, T most) {
      return atLeast(least).atMost(most);
    }

    public Bounded<T> atLeast(T least) {
      ParamSpec old = spec();
      return new Bounded<>(
          new ParamSpec(
              old.name(), old.type(), old.defaultValue(), least.toString(), old.atMost()));
    }

    public Bounded<T> atMost(T most) {
      ParamSpec old = spec();
      return new Bounded<>(
          new ParamSpec(
              old.name(), old.type(), old.defaultValue(), old.atLeast(), most.toString()));
    }

    @Override
    public Bounded<T> orElse(T defaultValue) {
      return new Bounded<>(withDefault(defaultValue));
    }
  }

  /** A param that says where something is. */
  public static final class Location extends Param<URI> {

    private Location(ParamSpec spec) {
      super(spec);
    }

    @Override
    public Location orElse(URI defaultValue) {
      return new Location(withDefault(defaultValue));
    }

    /** As {@link #orElse(URI)}, from the URI's text. */
    public Location orElse(String defaultValue) {
      return new Location(withDefault(defaultValue));
    }
  }
}
