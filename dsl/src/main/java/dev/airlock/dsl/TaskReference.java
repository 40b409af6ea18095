package dev.airlock.dsl;

import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * What a method reference points at.
 *
 * @param type the interface's binary name
 * @param method the method's name
 * @param descriptor its descriptor, as in class files
 */
record TaskReference(String type, String method, String descriptor) {

  /** Reads the reference, or reports why it is none to a method of an interface. */
  static Optional<TaskReference> read(TaskMethod reference, String stage, Findings findings) {
    Optional<SerializedLambda> serialized = serialize(reference);
    if (serialized.isEmpty()) {
      findings.add(
          "The task is an object of %s, not a method reference."
              .formatted(reference.getClass().getName()),
          "Give a method of an interface of your own: Tasks::%s.".formatted(methodName(stage)));
      return Optional.empty();
    }
    return read(serialized.get(), stage, findings);
  }

  /** The class of what the method gives; empty where it can't be had here. */
  Optional<Class<?>> answer(TaskMethod reference) {
    try {
      return Optional.of(
          MethodType.fromMethodDescriptorString(descriptor, reference.getClass().getClassLoader())
              .returnType());
    } catch (TypeNotPresentException unknown) {
      return Optional.empty();
    }
  }

  /** Whether the method takes an argument. */
  boolean takesSomething() {
    return !descriptor.startsWith("()");
  }

  private static Optional<TaskReference> read(
      SerializedLambda lambda, String stage, Findings findings) {
    String type = lambda.getImplClass().replace('/', '.');
    String method = lambda.getImplMethodName();
    if (method.startsWith("lambda$")) {
      findings.add(
          "The task is the lambda %s of %s, which has no name that a worker could find again."
              .formatted(method, type),
          "Make it a method of an interface and refer to that: Tasks::%s."
              .formatted(methodName(stage)));
      return Optional.empty();
    }
    if (lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeInterface
        || lambda.getCapturedArgCount() > 0) {
      findings.add(
          "The task %s.%s is not an instance method of an interface.".formatted(type, method),
          "Declare it in an interface, refer to it by the interface's name, and give an"
              + " implementation in PipelineSource.tasks().");
      return Optional.empty();
    }
    return Optional.of(new TaskReference(type, method, lambda.getImplMethodSignature()));
  }

  private static Optional<SerializedLambda> serialize(TaskMethod reference) {
    try {
      Method writeReplace = reference.getClass().getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      return writeReplace.invoke(reference) instanceof SerializedLambda lambda
          ? Optional.of(lambda)
          : Optional.empty();
    } catch (NoSuchMethodException notALambda) {
      return Optional.empty();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("The reference " + reference + " can't be read.", e);
    }
  }

  private static String methodName(String stage) {
    StringBuilder name = new StringBuilder();
    for (String word : stage.split("-", -1)) {
      name.append(
          name.isEmpty() || word.isEmpty()
              ? word
              : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }
}
