package dev.airlock.worker;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Stands in for what is not there in a test. */
final class StandIn {

  private StandIn() {}

  /** Whoever answers a call by its name. */
  @FunctionalInterface
  interface Answer {
    @Nullable Object to(String method, Object[] given);
  }

  static <T> T answering(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, given) -> answer.to(method.getName(), given)));
  }

  /** Fails the test that calls it. */
  static <T> T uncalled(Class<T> type) {
    return answering(
        type,
        (method, given) -> {
          throw new AssertionError("Nobody should call " + type.getSimpleName() + "." + method);
        });
  }
}
