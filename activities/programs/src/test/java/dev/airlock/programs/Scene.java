package dev.airlock.programs;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Row;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** A worker's surroundings, and the task of the last stage of a small pipeline. */
final class Scene implements World {

  private final Path home;
  private final Map<String, String> environment = new TreeMap<>(System.getenv());
  private final Map<String, StageOutput> inputs = new LinkedHashMap<>();
  private final Map<String, String> params = new TreeMap<>();
  private List<Row> rows = List.of();
  private int attempt = 1;
  private boolean fenced;

  Scene(Path home) {
    this.home = home;
  }

  Scene variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Scene param(String name, String value) {
    params.put(name, value);
    return this;
  }

  Scene input(String stage, StageOutput output) {
    inputs.put(stage, output);
    return this;
  }

  Scene rows(List<Row> given) {
    rows = given;
    return this;
  }

  Scene attempt(int number) {
    attempt = number;
    return this;
  }

  /** A later attempt has begun. */
  Scene fenced() {
    fenced = true;
    return this;
  }

  Vault vault() {
    return new Vault(environment, home, home.resolve("run-secrets"));
  }

  WorkerPrograms programs() {
    return new WorkerPrograms(vault(), this, home.resolve("scratch"), environment, "local[1]");
  }

  /** The task of the last stage that the pipeline gets. */
  StageTask task(Function<PipelineBuilder, Stage<?>> last) {
    PipelineBuilder builder = Pipeline.named("shop").ownedBy("shop-ml");
    String name = last.apply(builder).name();
    StageSpec stage = builder.build().graph().stage(name).orElseThrow();
    return new StageTask(
        41,
        "shop",
        1,
        Json.digest(new byte[0]),
        Instant.parse("2026-01-05T00:00:00Z"),
        new TreeMap<>(params),
        "engineer",
        stage,
        inputs);
  }

  @Override
  public InputStream resource(String codeDigest, String name) throws IOException {
    InputStream resource = Scene.class.getResourceAsStream("/" + name);
    if (resource == null) {
      throw new FileNotFoundException(name);
    }
    return resource;
  }

  @Override
  public Class<?> type(String codeDigest, String name) throws ClassNotFoundException {
    return Class.forName(name);
  }

  @Override
  public Dataset dataset(DatasetVersion version) {
    List<Row> all = rows;
    return new Dataset() {
      @Override
      public String name() {
        return version.dataset();
      }

      @Override
      public long snapshotId() {
        return version.snapshotId();
      }

      @Override
      public long rowCount() {
        return all.size();
      }

      @Override
      public Stream<Row> rows() {
        return all.stream();
      }
    };
  }

  @Override
  public String document(StoredResult result) {
    throw new AssertionError("No stage here gives a document.");
  }

  @Override
  public StageOutput result(String json) {
    return json.length() < 16_384
        ? new TaskResult(json)
        : new StoredResult("kept", json.length(), null);
  }

  @Override
  public int attempt(StageTask task) {
    return attempt;
  }

  @Override
  public void requireCurrent(StageTask task) {
    if (fenced) {
      throw new IllegalStateException("A later attempt has begun.");
    }
  }

  /** What the stage says when it fails. */
  static ApplicationFailure failure(Executable stage) {
    return org.junit.jupiter.api.Assertions.assertThrows(ApplicationFailure.class, stage);
  }
}
