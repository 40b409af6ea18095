package dev.airlock.worker;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.ApprovedVersion;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import dev.airlock.workflows.StageOutput.LiveVersion;
import dev.airlock.workflows.StageOutput.RegisteredVersion;
import dev.airlock.workflows.StageOutput.StartedRun;
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
  private final Function<StageOutput, String> results;

  /**
   * Arguments that read the world only when the method does.
   *
   * @param datasets opens a version of a dataset
   * @param liveVersions looks up the registered version that is live
   * @param results reads the JSON of a task's result
   */
  TaskArguments(
      Function<DatasetVersion, Dataset> datasets,
      Function<LiveVersion, ModelVersion> liveVersions,
      Function<StageOutput, String> results) {
    this.datasets = datasets;
    this.liveVersions = liveVersions;
    this.results = results;
  }

  /**
   * The arguments of the method: its stages' results first, then its params, then its secrets.
   *
   * @throws io.temporal.failure.ApplicationFailure where one does not fit its parameter
   */
  @Nullable Object[] of(
      Method method, List<StageOutput> inputs, List<String> params, List<SecretValue> secrets) {
    return of(method, List.of(), inputs, params, secrets);
  }

  /** The same of a method that is called for an item, which comes first. */
  @Nullable Object[] of(
      Method method,
      JsonNode item,
      List<StageOutput> inputs,
      List<String> params,
      List<SecretValue> secrets) {
    return of(method, List.of(item), inputs, params, secrets);
  }

  private @Nullable Object[] of(
      Method method,
      List<JsonNode> items,
      List<StageOutput> inputs,
      List<String> params,
      List<SecretValue> secrets) {
    int given = items.size() + inputs.size() + params.size() + secrets.size();
    if (method.getParameterCount() != given) {
      throw misfit(
          method,
          "takes %d arguments, the stage gives %d".formatted(method.getParameterCount(), given));
    }
    Type[] types = method.getGenericParameterTypes();
    @Nullable Object[] arguments = new @Nullable Object[given];
    int next = 0;
    for (JsonNode item : items) {
      arguments[next] = Values.read(item, types[next]);
      next++;
    }
    for (StageOutput input : inputs) {
      arguments[next] = given(input, types[next], method);
      next++;
    }
    for (String param : params) {
      arguments[next] = param(param, method.getParameterTypes()[next], method);
      next++;
    }
    for (SecretValue secret : secrets) {
      arguments[next++] = secret;
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

  private @Nullable Object result(StageOutput output, Type type) {
    if (output instanceof DatasetVersion dataset) {
      return new ReachedDataset(datasets.apply(dataset));
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
    return Values.read(results.apply(output), type);
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
