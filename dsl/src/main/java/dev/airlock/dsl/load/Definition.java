package dev.airlock.dsl.load;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a class defines. Its code runs on a thread of its own, so that neither an error nor a
 * definition without an end takes the caller with it.
 *
 * @param problems what is wrong with the tasks that it brings
 */
record Definition(Graph graph, List<Problem> problems) {

  Definition {
    problems = List.copyOf(problems);
  }

  /**
   * Makes the class and lets it define its pipeline.
   *
   * @param longest how long that may take; then its thread is interrupted and left alone
   * @throws ExecutionException with whatever the class threw, errors too
   * @throws TimeoutException where it takes longer; its stack trace says where the class stood
   */
  static Definition of(Class<? extends PipelineSource> type, Duration longest)
      throws ExecutionException, TimeoutException {
    FutureTask<Definition> definition = new FutureTask<>(() -> define(type));
    Thread thread = new Thread(definition, "airlock-define-" + type.getSimpleName());
    thread.setDaemon(true);
    thread.start();
    try {
      return definition.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      TimeoutException late = new TimeoutException(type.getName());
      late.setStackTrace(thread.getStackTrace());
      definition.cancel(true);
      throw late;
    } catch (InterruptedException e) {
      definition.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while " + type.getName() + " was defined.", e);
    }
  }

  private static Definition define(Class<? extends PipelineSource> type)
      throws ReflectiveOperationException {
    PipelineSource source = type.getConstructor().newInstance();
    Graph graph = source.define().graph();
    return new Definition(graph, TaskImplementations.problems(source, graph));
  }
}
