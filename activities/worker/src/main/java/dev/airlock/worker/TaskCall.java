package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.Work;
import dev.airlock.programs.Mask;
import dev.airlock.store.Outage;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.StorableText;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A method of a team's own, found in the code that the run began with, ready to be called. */
final class TaskCall {

  private final ClassLoader loader;
  private final Object target;
  private final Method method;
  private final TaskArguments arguments;
  private final List<String> params;
  private final List<SecretValue> secrets;

  private TaskCall(
      ClassLoader loader,
      Object target,
      Method method,
      TaskArguments arguments,
      List<String> params,
      List<SecretValue> secrets) {
    this.loader = loader;
    this.target = target;
    this.method = method;
    this.arguments = arguments;
    this.params = params;
    this.secrets = secrets;
  }

  /**
   * Finds the method that a stage calls.
   *
   * @throws io.temporal.failure.ApplicationFailure {@link StageFailure#BAD_PIPELINE} where the
   *     run's code has none
   */
  static TaskCall find(
      PipelineCode code,
      TaskArguments arguments,
      Function<String, SecretValue> secrets,
      StageTask task,
      Work.Task work) {
    PipelineCode.LoadedJar jar = code.ofRun(task.codeDigest());
    Class<?> type = type(jar, work);
    Object target = implementation(source(jar, task), type);
    Map<String, String> values = task.params();
    return new TaskCall(
        jar.loader(),
        target,
        method(type, work),
        arguments,
        task.stage().params().stream().map(values::get).toList(),
        work.secrets() == null ? List.of() : work.secrets().stream().map(secrets).toList());
  }

  /** Calls it, and gives what it answers. */
  @Nullable Object answer(List<StageOutput> inputs) {
    return call(() -> arguments.of(method, inputs, params, secrets));
  }

  /**
   * Calls it for an item.
   *
   * @param inputs those beside the item
   */
  @Nullable Object answer(JsonNode item, List<StageOutput> inputs) {
    return call(() -> arguments.of(method, item, inputs, params, secrets));
  }

  private @Nullable Object call(Arguments given) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return method.invoke(target, given.read());
    } catch (InvocationTargetException e) {
      throw thrown(e.getTargetException());
    } catch (IllegalAccessException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s.%s can't be called: make the interface and its implementation public."
              .formatted(method.getDeclaringClass().getName(), method.getName()));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** An answer as JSON; a secret's value is none. */
  static String json(@Nullable Object answer, Work.Task work) {
    String json = answer == null ? "null" : StorableText.of(Json.write(answer));
    if (Mask.shows(json)) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "%s.%s gives the value of a secret, which would be kept with the run. Leave it out."
              .formatted(work.type(), work.method()));
    }
    return json;
  }

  private static PipelineSource source(PipelineCode.LoadedJar jar, StageTask task) {
    return jar.source(task.pipeline())
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "The jar %s no longer defines the pipeline '%s'."
                        .formatted(task.codeDigest(), task.pipeline())));
  }

  private static Class<?> type(PipelineCode.LoadedJar jar, Work.Task work) {
    try {
      return Class.forName(work.type(), true, jar.loader());
    } catch (ClassNotFoundException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE, "The run's code has no interface %s.".formatted(work.type()));
    }
  }

  private static Object implementation(PipelineSource source, Class<?> type) {
    return source.tasks().stream()
        .filter(type::isInstance)
        .findFirst()
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "%s.tasks() gives no implementation of %s. Add one to its list."
                        .formatted(source.getClass().getName(), type.getName())));
  }

  /** The interface's method, so that the implementing class itself may stay package-private. */
  private static Method method(Class<?> type, Work.Task work) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals(work.method()))
        .filter(method -> descriptor(method).equals(work.descriptor()))
        .findFirst()
        .orElseThrow(
            () ->
                StageFailure.of(
                    StageFailure.BAD_PIPELINE,
                    "The run's code has no %s.%s%s."
                        .formatted(work.type(), work.method(), work.descriptor())));
  }

  private static String descriptor(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .toMethodDescriptorString();
  }

  /** An error is a failure like any other: it must not take more with it than the one call. */
  private static RuntimeException thrown(Throwable cause) {
    if (cause instanceof Error error) {
      return StageErrors.failed(error);
    }
    // Only what Airlock itself says of its PostgreSQL is an outage: that a database of the task's
    // own is away is the task's failure, however alike the two look.
    return cause instanceof RuntimeException unchecked && !Outage.isOutage(cause)
        ? unchecked
        : StageErrors.unavailable(cause).orElseGet(() -> new TaskFailedException(cause));
  }

  /** Turns what the stage was given into arguments, in the task's own class loader. */
  @FunctionalInterface
  private interface Arguments {
    @Nullable Object[] read();
  }

  /**
   * What a task has thrown that can't go on as it is: a checked exception, an error, or a failure
   * that looks like one of Airlock's own PostgreSQL. What it says is the message.
   */
  static final class TaskFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TaskFailedException(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }
}
