package dev.airlock.worker;

import dev.airlock.dsl.Approved;
import dev.airlock.dsl.Candidate;
import dev.airlock.dsl.ChildRun;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Deployment;
import dev.airlock.dsl.Evaluation;
import dev.airlock.dsl.ModelVersion;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.graph.Algorithm;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import dev.airlock.workflows.StageOutput.StartedRun;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageOutput.TrainedCandidate;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns what stages hand on, and the texts of params, into the arguments of a method of one's own.
 */
final class TaskArguments {

  private final Function<DatasetVersion, Dataset> datasets;
  private final Function<LiveVersion, ModelVersion> liveVersions;

  /**
   * Arguments that read the world only when the method does.
   *
   * @param datasets opens a version of a dataset
   * @param liveVersions looks up the registered version that is live
   */
  TaskArguments(
      Function<DatasetVersion, Dataset> datasets,
      Function<LiveVersion, ModelVersion> liveVersions) {
    this.datasets = datasets;
    this.liveVersions = liveVersions;
  }

  /**
   * The arguments of the method: its stages' results first, then its params, then its secrets.
   *
   * @throws io.temporal.failure.ApplicationFailure where one does not fit its parameter
   */
  @Nullable Object[] of(
      Method method, List<StageOutput> inputs, List<String> params, List<SecretValue> secrets) {
    Class<?>[] types = method.getParameterTypes();
    int given = inputs.size() + params.size() + secrets.size();
    if (types.length != given) {
      throw misfit(method, "takes %d arguments, the stage gives %d".formatted(types.length, given));
    }
    Type[] generic = method.getGenericParameterTypes();
    @Nullable Object[] arguments = new @Nullable Object[types.length];
    for (int i = 0; i < inputs.size(); i++) {
      arguments[i] = given(inputs.get(i), generic[i], method);
    }
    for (int i = 0; i < params.size(); i++) {
      arguments[inputs.size() + i] = param(params.get(i), types[inputs.size() + i], method);
    }
    for (int i = 0; i < secrets.size(); i++) {
      arguments[inputs.size() + params.size() + i] = secrets.get(i);
    }
    return arguments;
  }

  /** A stage that has given nothing, where the trigger rule puts up with that, gives null. */
  private @Nullable Object given(@Nullable StageOutput output, Type type, Method method) {
    if (output != null) {
      return result(output, type);
    }
    if (type instanceof Class<?> plain && plain.isPrimitive()) {
      throw misfit(
          method,
          "takes a %s, but the stage that gives it has given nothing; take the object of it, which"
                  .formatted(type.getTypeName())
              + " can be null");
    }
    return null;
  }

  private Object result(StageOutput output, Type type) {
    if (output instanceof DatasetVersion dataset) {
      return datasets.apply(dataset);
    }
    if (output instanceof TrainedCandidate candidate) {
      return candidate(candidate);
    }
    if (output instanceof Judgement judgement) {
      return new JudgedCandidate(candidate(judgement.chosen()), metrics(judgement.metrics()));
    }
    if (output instanceof RegisteredVersion version) {
      return version(version);
    }
    if (output instanceof ApprovedVersion approved) {
      return new PassedVersion(version(approved.version()), approved.approvalId());
    }
    if (output instanceof LiveVersion live) {
      return new ServedVersion(liveVersions.apply(live));
    }
    if (output instanceof StartedRun run) {
      return new AskedRun(run.runId(), run.pipeline());
    }
    return Json.read(((TaskResult) output).json(), type);
  }

  private static Object param(String text, Class<?> type, Method method) {
    if (type == String.class) {
      return text;
    }
    if (type == Integer.class || type == int.class) {
      return Integer.valueOf(text);
    }
    if (type == Double.class || type == double.class) {
      return Double.valueOf(text);
    }
    if (type == Boolean.class || type == boolean.class) {
      return Boolean.valueOf(text);
    }
    if (type == Duration.class) {
      return Duration.parse(text);
    }
    if (type == LocalDate.class) {
      return LocalDate.parse(text);
    }
    if (type == URI.class) {
      return URI.create(text);
    }
    throw misfit(method, "takes a %s, which no param is".formatted(type.getSimpleName()));
  }

  private static RuntimeException misfit(Method method, String why) {
    return StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "%s.%s %s.".formatted(method.getDeclaringClass().getSimpleName(), method.getName(), why));
  }

  private static Candidate candidate(TrainedCandidate candidate) {
    return new KnownCandidate(candidate.algorithm(), candidate.artifactDigest());
  }

  private static ModelVersion version(RegisteredVersion version) {
    return new KnownVersion(version.model(), version.version(), version.artifactDigest());
  }

  private static Map<Metric, Double> metrics(Map<String, Double> byName) {
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    byName.forEach(
        (name, figure) -> metrics.put(Metric.valueOf(name.toUpperCase(Locale.ROOT)), figure));
    return metrics;
  }

  /** A version of a model, as a task sees it. */
  record KnownVersion(String model, int version, String artifactDigest) implements ModelVersion {}

  private record KnownCandidate(Algorithm algorithm, String artifactDigest) implements Candidate {}

  private record JudgedCandidate(Candidate chosen, Map<Metric, Double> metrics)
      implements Evaluation {}

  private record PassedVersion(ModelVersion value, long approvalId)
      implements Approved<ModelVersion> {}

  private record AskedRun(long id, String pipeline) implements ChildRun {}

  private record ServedVersion(ModelVersion version) implements Deployment {}
}
