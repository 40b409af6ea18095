package dev.airlock.dsl;

import java.util.Objects;

/**
 * A limit that stages of all pipelines and runs share, such as the connections that a warehouse can
 * take. How many slots it has is set on the server: {@code airlock pools --set warehouse=4}.
 */
public final class Pool {

  private final String name;

  private Pool(String name) {
    this.name = name;
  }

  /** The pool of this name: lower-case words joined by hyphens. */
  public static Pool named(String name) {
    return new Pool(Objects.requireNonNull(name));
  }

  public String name() {
    return name;
  }
}
