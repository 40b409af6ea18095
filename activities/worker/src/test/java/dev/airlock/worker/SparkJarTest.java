package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.SparkJob;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.programs.Vault;
import dev.airlock.programs.WorkerPrograms;
import dev.airlock.programs.World;
import dev.airlock.workflows.StageFailure;
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
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real job on a real Spark, in a JVM of its own. */
final class SparkJarTest {

  private static final String JOB =
      """
      import java.nio.file.*;
      import org.apache.spark.sql.SparkSession;

      public final class Count {
        public static void main(String[] arguments) throws Exception {
          SparkSession spark = SparkSession.builder().getOrCreate();
          long rows = spark.range(Long.parseLong(arguments[0])).count();
          Files.writeString(Path.of(System.getenv("AIRLOCK_RESULT")), "{\\"rows\\": " + rows + "}");
          spark.stop();
          System.exit(rows == 0 ? 4 : 0);
        }
      }
      """;

  @TempDir Path folder;

  /** What the job writes. */
  public record Counted(long rows) {}

  private TaskResult run(int rows) throws IOException {
    Path jar = SourceJar.compile(folder, "Count", JOB);
    PipelineBuilder builder = Pipeline.named("shop").ownedBy("shop-ml");
    builder.sparkJar(
        "count",
        SparkJob.jar(jar.toString())
            .mainClass("Count")
            .args(rows)
            .setting("spark.sql.shuffle.partitions", 2)
            .result(Counted.class));
    StageSpec stage = builder.build().graph().stage("count").orElseThrow();
    Map<String, String> environment = System.getenv();
    return (TaskResult)
        new WorkerPrograms(
                new Vault(environment, folder, folder),
                new Alone(),
                folder.resolve("scratch"),
                environment,
                "local[1]")
            .runSparkJar(
                new StageTask(
                    7,
                    "shop",
                    1,
                    "v1",
                    Instant.parse("2026-01-05T00:00:00Z"),
                    new TreeMap<>(),
                    "engineer",
                    stage,
                    Map.of()));
  }

  @Test
  void shouldGiveWhatTheJobWroteAndOutliveItsExit() throws IOException {
    assertEquals("{\"rows\":1000}", run(1000).json());
  }

  @Test
  void shouldFailWithTheJobsExitCode() {
    ApplicationFailure failure = assertThrows(ApplicationFailure.class, () -> run(0));

    assertEquals(StageFailure.PROGRAM_FAILED, failure.getType());
    assertEquals("java ended with exit code 4", failure.getOriginalMessage().split("\\.", 2)[0]);
  }

  /** A worker that has nothing but the classes of this test. */
  private static final class Alone implements World {
    @Override
    public StageOutput result(String json) {
      return new TaskResult(json);
    }

    @Override
    public InputStream resource(String codeDigest, String name) throws IOException {
      throw new FileNotFoundException(name);
    }

    @Override
    public Class<?> type(String codeDigest, String name) throws ClassNotFoundException {
      return Class.forName(name);
    }

    @Override
    public Dataset dataset(DatasetVersion version) {
      throw new AssertionError("No stage here gives a dataset.");
    }

    @Override
    public String document(StoredResult result) {
      throw new AssertionError("No stage here gives a document.");
    }

    @Override
    public int attempt(StageTask task) {
      return 1;
    }

    @Override
    public void requireCurrent(StageTask task) {}
  }
}
