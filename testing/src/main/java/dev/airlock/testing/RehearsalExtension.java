package dev.airlock.testing;

import dev.airlock.dsl.PipelineSource;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** What {@link Rehearse} brings into a JUnit test. */
public final class RehearsalExtension implements ParameterResolver, TestExecutionExceptionHandler {

  private static final Namespace NAMESPACE = Namespace.create(RehearsalExtension.class);

  /** Made by JUnit. */
  public RehearsalExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Rehearsal.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<? extends PipelineSource> source =
        parameter
            .findAnnotation(Rehearse.class)
            .or(() -> context.getElement().map(element -> element.getAnnotation(Rehearse.class)))
            .or(() -> ofClass(context))
            .orElseThrow(
                () ->
                    new ParameterResolutionException(
                        "Which pipeline is to be rehearsed? Put @Rehearse(MyPipeline.class) at the test, its class or the parameter."))
            .value();
    Rehearsal rehearsal = Rehearsal.of(instance(source));
    rehearsals(context).all().add(rehearsal);
    return rehearsal;
  }

  /** JUnit's own search, since the annotation may stand at an enclosing class. */
  private static Optional<Rehearse> ofClass(ExtensionContext context) {
    for (Class<?> type = context.getRequiredTestClass(); type != null; type = enclosing(type)) {
      Rehearse found = type.getAnnotation(Rehearse.class);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private static @Nullable Class<?> enclosing(Class<?> type) {
    return type.getEnclosingClass();
  }

  private static PipelineSource instance(Class<? extends PipelineSource> source) {
    try {
      Constructor<? extends PipelineSource> constructor = source.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException e) {
      throw new ParameterResolutionException(
          source.getName() + " needs a constructor without arguments.", e);
    } catch (InvocationTargetException e) {
      throw new ParameterResolutionException(
          "The constructor of " + source.getName() + " failed: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new ParameterResolutionException(
          source.getName() + " can't be made: it must be a class that is not abstract.", e);
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    for (Rehearsal rehearsal : rehearsals(context).all()) {
      rehearsal.runs().forEach(run -> failure.addSuppressed(new Story(run)));
    }
    throw failure;
  }

  private static Rehearsals rehearsals(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(Rehearsals.class, type -> new Rehearsals(), Rehearsals.class);
  }

  /** Those of one test. */
  private record Rehearsals(List<Rehearsal> all) {
    Rehearsals() {
      this(new ArrayList<>());
    }
  }

  /** Tells what a run did, beside the failure of the test that ran it. */
  private static final class Story extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Story(RehearsedRun run) {
      super("What the rehearsed run did:\n" + run.timeline(), null, false, false);
    }
  }
}
