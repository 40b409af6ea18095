package dev.airlock.dsl;

import java.io.Serializable;

/**
 * A reference to a method of a team's own interface, such as {@code ScoringTasks::score}. It is
 * never called here; it is read for its name. A lambda has none and is refused.
 *
 * <p>An argument is what a stage gives, or the value of a param: a {@link String}, {@link Integer},
 * {@link Double}, {@link Boolean}, {@link java.time.Duration}, {@link java.time.LocalDate} or
 * {@link java.net.URI}; or a {@link SecretValue}.
 */
public interface TaskMethod extends Serializable {

  /**
   * A method without arguments.
   *
   * @param <I> the interface
   * @param <R> the result
   */
  @FunctionalInterface
  interface Of0<I, R> extends TaskMethod {
    R call(I tasks) throws Exception;
  }

  /** A method of one argument. */
  @FunctionalInterface
  interface Of1<I, A, R> extends TaskMethod {
    R call(I tasks, A a) throws Exception;
  }

  /** A method of two arguments. */
  @FunctionalInterface
  interface Of2<I, A, B, R> extends TaskMethod {
    R call(I tasks, A a, B b) throws Exception;
  }

  /** A method of three arguments. */
  @FunctionalInterface
  interface Of3<I, A, B, C, R> extends TaskMethod {
    R call(I tasks, A a, B b, C c) throws Exception;
  }

  /** A method of four arguments. */
  @FunctionalInterface
  interface Of4<I, A, B, C, D, R> extends TaskMethod {
    R call(I tasks, A a, B b, C c, D d) throws Exception;
  }

  /** A method of five arguments. */
  @FunctionalInterface
  interface Of5<I, A, B, C, D, E, R> extends TaskMethod {
    R call(I tasks, A a, B b, C c, D d, E e) throws Exception;
  }

  /**
   * A method without arguments that gives nothing, or nothing that anybody reads.
   *
   * @param <I> the interface
   */
  @FunctionalInterface
  interface Deed<I> extends TaskMethod {
    void call(I tasks) throws Exception;
  }

  /** As {@link Deed}, with one argument. */
  @FunctionalInterface
  interface DeedOn<I, A> extends TaskMethod {
    void call(I tasks, A a) throws Exception;
  }

  /** A question without arguments, for a sensor: whether something has arrived. */
  @FunctionalInterface
  interface Whether0<I> extends TaskMethod {
    boolean call(I tasks) throws Exception;
  }

  /** A question of one argument, for a sensor. */
  @FunctionalInterface
  interface Whether1<I, A> extends TaskMethod {
    boolean call(I tasks, A a) throws Exception;
  }

  /** A question of two arguments, for a sensor. */
  @FunctionalInterface
  interface Whether2<I, A, B> extends TaskMethod {
    boolean call(I tasks, A a, B b) throws Exception;
  }

  /** A question of three arguments, for a sensor. */
  @FunctionalInterface
  interface Whether3<I, A, B, C> extends TaskMethod {
    boolean call(I tasks, A a, B b, C c) throws Exception;
  }
}
