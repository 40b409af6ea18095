package dev.airlock.workflows;

import dev.airlock.dsl.graph.FileSpec;
import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.ProgramLimits;
import dev.airlock.dsl.graph.ProgramSpec;
import dev.airlock.dsl.graph.SparkJarSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.StatementSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import dev.airlock.dsl.graph.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Stages that run other people's code, written by hand. */
final class OutsideStages {

  private OutsideStages() {}

  /** One of each kind. */
  static Stream<StageSpec> all(String input) {
    return Stream.of(program(input), http(input), statement(input), sparkJar(input));
  }

  private static StageSpec program(String input) {
    return Stages.stage("program", new Work.Program(spec(input, "python3", "train.py")), input);
  }

  private static ProgramSpec spec(String input, String... command) {
    return new ProgramSpec(
        Stream.concat(
                Stream.of(command).map(ValueSpec::literal),
                Stream.of(ValueSpec.result(input, Form.FILE), ValueSpec.param("horizon-days")))
            .toList(),
        List.of(new FileSpec("train.py", "shop/train.py", null)),
        new TreeMap<>(Map.of("TOKEN", ValueSpec.secret("hub-token"))),
        null,
        "com.example.Trained",
        new ProgramLimits(1L << 30, Duration.ofMinutes(10), 256, 1L << 20));
  }

  private static StageSpec http(String input) {
    return Stages.stage(
        "http",
        new Work.Http(
            new HttpSpec(
                "POST",
                ValueSpec.literal("https://hooks.example.org/"),
                new TreeMap<>(Map.of("Authorization", ValueSpec.secret("slack-token"))),
                ValueSpec.object(Map.of("model", ValueSpec.result(input, Form.JSON))),
                "application/json",
                List.of(200, 201),
                null,
                Duration.ofSeconds(30),
                1 << 20)),
        input);
  }

  private static StageSpec statement(String input) {
    return Stages.stage(
        "statement",
        new Work.Statement(
            new StatementSpec(
                "warehouse",
                "update t set days = :horizon_days where model = :model",
                new TreeMap<>(
                    Map.of(
                        "horizon_days",
                        ValueSpec.param("horizon-days"),
                        "model",
                        ValueSpec.result(input, Form.JSON))),
                new TreeMap<>(Map.of("horizon_days", ParamType.INTEGER)),
                null,
                1_000)),
        input);
  }

  private static StageSpec sparkJar(String input) {
    return Stages.stage(
        "jar",
        new Work.SparkJar(
            new SparkJarSpec(
                "jobs/clean.jar",
                "com.example.Clean",
                new TreeMap<>(Map.of("spark.sql.shuffle.partitions", "8")),
                spec(input))),
        input);
  }
}
