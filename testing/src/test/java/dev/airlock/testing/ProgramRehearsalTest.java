package dev.airlock.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.dsl.Argument;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Http;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Program;
import dev.airlock.dsl.Secret;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.SparkJob;
import dev.airlock.dsl.SqlOn;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.NeededName;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the guide shows of programs and secrets, rehearsed. */
final class ProgramRehearsalTest {

  /** What the script writes to {@code $AIRLOCK_RESULT}. */
  public record TrainResult(double auc, int rounds) {}

  /** What the tracker answers. */
  public record Ticket(int id) {}

  /** A row of the warehouse. */
  public record BestCustomer(String customer, double firstOrder) {}

  /** A step of one's own. */
  public interface Tasks {
    String send(TrainResult trained, SecretValue token);
  }

  /** Every kind of stage that runs other people's code. */
  public static final class Outreach implements PipelineSource {

    static final Param<Integer> ROUNDS = Param.integer("rounds").between(1, 500).orElse(50);
    static final Param<Integer> LEAST = Param.integer("least-amount").orElse(10);

    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("outreach").ownedBy("growth-ml");
      Stage<Dataset> orders =
          pipeline.ingest("orders", Source.csv("orders.csv").column("amount", ColumnType.DECIMAL));

      Stage<TrainResult> trained =
          pipeline
              .process(
                  "train",
                  Program.of("python3", "train.py", orders, "--rounds", ROUNDS)
                      .file("train.py", "print('trains')")
                      .environment("HF_TOKEN", Secret.named("hub-token"))
                      .memory(4L << 30)
                      .result(TrainResult.class))
              .timeout(Duration.ofHours(2));

      pipeline.process("plot", Program.of("./plot.sh", trained, Argument.json(trained)));

      pipeline.http(
          "notify",
          Http.post("https://tracker.example.org/tickets")
              .header("Authorization", Secret.named("tracker-token"))
              .json(Map.of("title", "New model", "figures", trained, "rounds", ROUNDS))
              .expect(201)
              .result(Ticket.class));

      pipeline.sql(
          "refresh",
          SqlOn.connection("warehouse")
              .statement(
                  """
                          insert into training (day, run, figures)
                          values (:as_of, :run_key, :figures::jsonb) on conflict (run) do nothing
                          """)
              .bind("figures", trained));

      pipeline
          .sql(
              "best",
              SqlOn.connection("warehouse")
                  .statement(
                      "select customer, first_order from customers where first_order > :least_amount")
                  .rows(BestCustomer.class)
                  .atMost(500))
          .with(LEAST);

      pipeline.sparkJar(
          "clean",
          SparkJob.jar("/opt/jobs/clean.jar")
              .mainClass("org.example.Clean")
              .args(orders, "--target", "s3a://lake/clean")
              .setting("spark.sql.shuffle.partitions", 8));

      pipeline.task("send", Tasks::send, trained, Secret.named("slack-token"));
      return pipeline.build();
    }
  }

  @Test
  void shouldGiveWhatTheRehearsalSaysWhenAStageRunsOthersCode() {
    RehearsedRun run =
        Rehearsal.of(new Outreach())
            .processGives("train", new TrainResult(0.81, 50))
            .httpGives("notify", new Ticket(7))
            .sqlGives("best", List.of(new BestCustomer("anna", 12.5)))
            .run();

    assertEquals(RunState.SUCCEEDED, run.state());
    assertEquals(StageState.SUCCEEDED, run.stage("send"));
    assertEquals(StageState.SUCCEEDED, run.stage("clean"));
  }

  @Test
  void shouldRefuseAResultForAStageOfAnotherKind() {
    Rehearsal rehearsal = Rehearsal.of(new Outreach());

    assertEquals(
        "'notify' is no stage of kind process but http.",
        assertThrows(IllegalArgumentException.class, () -> rehearsal.processGives("notify", "x"))
            .getMessage());
  }

  @Test
  void shouldHoldNamesOfSecretsAloneInTheGraph() {
    String json = Json.write(new Outreach().define().graph());

    assertEquals(json, Json.write(Json.read(json, dev.airlock.dsl.graph.Graph.class)));
    assertEquals(
        List.of(new NeededName("secret", "slack-token")),
        NeededName.of(new Outreach().define().graph().stage("send").orElseThrow().work()));
    assertEquals(
        List.of(new NeededName("connection", "warehouse")),
        NeededName.of(new Outreach().define().graph().stage("best").orElseThrow().work()));
  }
}
