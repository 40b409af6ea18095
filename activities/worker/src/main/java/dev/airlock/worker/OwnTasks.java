package dev.airlock.worker;

import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.Work;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.programs.Mask;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.UserTaskActivities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Calls tasks of one's own, in the code that the run began with. */
final class OwnTasks implements UserTaskActivities {

  private final PipelineCode code;
  private final TaskArguments arguments;
  private final Function<String, SecretValue> secrets;
  private final IntSupplier attempt;

  /**
   * Calls tasks.
   *
   * @param secrets gives the value of a secret by its name
   * @param attempt the number, from 1, that Temporal gives the attempt that the calling thread
   *     carries out
   */
  OwnTasks(
      PipelineCode code,
      TaskArguments arguments,
      Function<String, SecretValue> secrets,
      IntSupplier attempt) {
    this.code = code;
    this.arguments = arguments;
    this.secrets = secrets;
    this.attempt = attempt;
  }

  @Override
  public TaskResult call(StageTask task) {
    return invoke(task);
  }

  @Override
  public TaskResult callShort(StageTask task) {
    return invoke(task);
  }

  private TaskResult invoke(StageTask task) {
    Work.Task work = (Work.Task) task.stage().work();
    return result(answer(task, work), work);
  }

  /** What the method answers that the stage, or one like it, names; null where it has no answer. */
  @Nullable Object answer(StageTask task, Work.Task work) {
    PipelineCode.LoadedJar jar = code.jar(task.codeDigest());
    Class<?> type = type(jar, work);
    Object target = implementation(source(jar, task), type);
    Method method = method(type, work);
    List<StageOutput> inputs = new ArrayList<>(task.inputs().values());
    Map<String, String> values = task.params();
    List<String> params = task.stage().params().stream().map(values::get).toList();
    List<SecretValue> given =
        work.secrets() == null ? List.of() : work.secrets().stream().map(secrets).toList();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(jar.loader());
    RunContext.Scope call = context(task).enter();
    try {
      return method.invoke(target, arguments.of(method, inputs, params, given));
    } catch (InvocationTargetException e) {
      throw thrown(e.getTargetException());
    } catch (IllegalAccessException e) {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s.%s can't be called: make the interface and its implementation public."
              .formatted(work.type(), work.method()));
    } finally {
      call.close();
      thread.setContextClassLoader(before);
    }
  }

  /** An answer as the stage hands it on; a secret's value is none. */
  static TaskResult result(@Nullable Object answer, Work.Task work) {
    String json = answer == null ? "null" : Json.write(answer);
    if (Mask.shows(json)) {
      throw StageFailure.of(
          StageFailure.BAD_DATA,
          "%s.%s gives the value of a secret, which would be kept with the run. Leave it out."
              .formatted(work.type(), work.method()));
    }
    return new TaskResult(json);
  }

  private RunContext context(StageTask task) {
    return new RunContext(
        task.pipeline(),
        task.runId(),
        task.stage().name(),
        task.earlierAttempts() + attempt.getAsInt(),
        task.logicalDate(),
        task.key());
  }

  private static PipelineSource source(PipelineCode.LoadedJar jar, StageTask task) {
    try {
      return PipelineJar.source(jar.path(), jar.loader(), task.pipeline())
          .orElseThrow(
              () ->
                  StageFailure.of(
                      StageFailure.BAD_PIPELINE,
                      "The jar %s no longer defines the pipeline '%s'."
                          .formatted(task.codeDigest(), task.pipeline())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  private static RuntimeException thrown(Throwable cause) {
    if (cause instanceof Error error && !Mask.shows(error.toString())) {
      throw error;
    }
    return cause instanceof RuntimeException unchecked ? unchecked : new TaskFailedException(cause);
  }

  /** A checked exception of a task; what it says is the message. */
  static final class TaskFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TaskFailedException(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }
}
