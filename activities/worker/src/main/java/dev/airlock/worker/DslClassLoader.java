package dev.airlock.worker;

/**
 * What the code of a pipeline sees of the worker: the JDK and the DSL, nothing else. So a pipeline
 * can bring any library in any version without meeting Spark's.
 */
final class DslClassLoader extends ClassLoader {

  private static final String DSL = "dev.airlock.dsl.";

  private final ClassLoader worker;

  DslClassLoader(ClassLoader worker) {
    super("airlock-dsl", ClassLoader.getPlatformClassLoader());
    this.worker = worker;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(DSL)) {
      return worker.loadClass(name);
    }
    throw new ClassNotFoundException(name);
  }
}
