package dev.airlock.web;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Remembers which classes of tests this JVM has begun; JUnit finds it by itself. */
public final class Ran implements BeforeAllCallback {
  private static final Set<String> CLASSES = ConcurrentHashMap.newKeySet();

  /** Their names, without packages. */
  static Set<String> classes() {
    return Set.copyOf(CLASSES);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    CLASSES.add(context.getRequiredTestClass().getSimpleName());
  }
}
