package workshop;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Program;
import dev.airlock.dsl.Secret;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnType;
import java.util.List;

/** A training script in Python, whose result a task of one's own and another program take. */
public final class Workshop implements PipelineSource {

  static final Param<Integer> ROUNDS = Param.integer("rounds").between(1, 10_000).orElse(3);

  /** What the script writes. */
  public record Trained(double mean, int rounds, int rows) {}

  /** What is made of it. */
  public interface Tasks {
    String praise(Trained trained, SecretValue token);

    String boast(Trained trained, SecretValue token);
  }

  static final class SimpleTasks implements Tasks {
    @Override
    public String praise(Trained trained, SecretValue token) {
      System.out.println("Praised with " + token.reveal());
      return "A mean of " + trained.mean() + " by " + token;
    }

    @Override
    public String boast(Trained trained, SecretValue token) {
      throw new IllegalStateException("Nobody takes the token " + token.reveal());
    }
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("workshop").ownedBy("drill-team");
    Secret token = Secret.named("workshop-token");
    Stage<Dataset> rows =
        pipeline.ingest(
            "rows",
            Source.csv("rows.csv")
                .column("name", ColumnType.TEXT)
                .column("amount", ColumnType.DECIMAL));
    Stage<Trained> trained =
        pipeline
            .process(
                "train",
                Program.of("python3", "train.py", rows, "--rounds", ROUNDS)
                    .file("train.py")
                    .environment("TOKEN", token)
                    .result(Trained.class))
            .retry(2);
    pipeline.task("praise", Tasks::praise, trained, token);
    pipeline.task("boast", Tasks::boast, trained, token).retry(1);
    pipeline.process(
        "publish", Program.of("sh", "-c", "echo published $(cat $0)", trained));
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new SimpleTasks());
  }
}
