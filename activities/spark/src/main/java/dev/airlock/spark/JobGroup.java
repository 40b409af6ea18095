package dev.airlock.spark;

import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.iceberg.jdbc.UncheckedInterruptedException;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Spark jobs of one attempt, under one name. However the attempt ends, none of them goes on
 * after it.
 */
final class JobGroup {

  private static final Logger LOG = LoggerFactory.getLogger(JobGroup.class);

  private JobGroup() {}

  /**
   * Runs the body; every Spark job that it starts from this thread belongs to the group. Where the
   * body fails, or this thread is interrupted, the group's jobs are cancelled.
   *
   * @throws CancellationException where this thread was interrupted; it is no longer marked so then
   */
  static <T> T run(SparkSessions sessions, String group, Body<T> body) {
    SparkContext context = null;
    EventLog log = null;
    try {
      SparkSession session = sessions.session();
      context = session.sparkContext();
      log = sessions.eventLogs().begin(group);
      // Spark takes its settings, the type of dates among them, from the thread's session.
      SparkSession.setActiveSession(session);
      context.setJobGroup(group, group, true);
      return body.run(session);
    } catch (Throwable failure) {
      if (context != null) {
        context.cancelJobGroup(group);
      }
      RuntimeException outcome = outcome(group, failure);
      if (log == null || outcome instanceof CancellationException) {
        throw outcome;
      }
      sessions.eventLogs().awaitEvents();
      throw SparkFault.explain(outcome, stage(group), log.failed());
    } finally {
      if (log != null) {
        sessions.eventLogs().end(group, log);
      }
      if (context != null) {
        context.clearJobGroup();
        SparkSession.clearActiveSession();
      }
    }
  }

  /** {@code features} of {@code run-41/features/1}. */
  private static String stage(String group) {
    List<String> parts = Arrays.asList(group.split("/", -1));
    return parts.size() > 1 ? parts.get(1) : group;
  }

  private static RuntimeException outcome(String group, Throwable failure) {
    boolean interrupted = Thread.interrupted();
    if (interrupted || isInterruption(failure)) {
      LOG.info("{} was cancelled; its Spark jobs are stopped.", group);
      CancellationException cancelled = new CancellationException(group + " was cancelled.");
      cancelled.initCause(failure);
      return cancelled;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(group + " failed: " + failure.getMessage(), failure);
  }

  private static boolean isInterruption(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          || cause instanceof UncheckedInterruptedException) {
        return true;
      }
    }
    return false;
  }

  /** What an attempt does with Spark. */
  @FunctionalInterface
  interface Body<T> {
    T run(SparkSession session) throws Exception;
  }
}
