package dev.airlock.dsl;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * For which stage of which run a task is being called. A task whose effect lies outside Airlock, a
 * payment or a mail, hands {@link #idempotencyKey} on with it, so that it happens once though the
 * task may be called again.
 *
 * @param runId from 1
 * @param stage the stage's name
 * @param attempt from 1; a later attempt may begin while an earlier one still believes that it is
 *     the only one, so of two writers the one with the larger attempt is right
 * @param logicalDate the moment that the run stands for
 * @param idempotencyKey names the stage of the run, the same in every attempt: {@code
 *     run-41/charge}
 */
public record RunContext(
    String pipeline,
    long runId,
    String stage,
    int attempt,
    Instant logicalDate,
    String idempotencyKey) {

  private static final ThreadLocal<@Nullable RunContext> CURRENT = new ThreadLocal<>();

  /**
   * That of the task which the current thread carries out.
   *
   * @throws IllegalStateException on a thread that carries out none
   */
  public static RunContext current() {
    RunContext context = CURRENT.get();
    if (context == null) {
      throw new IllegalStateException(
          "No task is being called on this thread: ask before you hand work to another one. In a"
              + " test, enter a context first.");
    }
    return context;
  }

  /**
   * Makes this the {@link #current} one of the thread until the scope is closed. A worker does so
   * around each task; a test of a task may.
   */
  public Scope enter() {
    RunContext before = CURRENT.get();
    CURRENT.set(this);
    return () -> {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    };
  }

  /** The time during which a context is the current one. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
