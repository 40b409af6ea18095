package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An engineer at work: one stage on a sample, and rows to look at. */
@ExtendWith(SharedSystem.class)
final class TryTest {

  private static final String PIPELINE = "repeat-purchase";
  private static final String BROKEN =
      """
      import dev.airlock.dsl.Expectations;
      import dev.airlock.dsl.Pipeline;
      import dev.airlock.dsl.PipelineBuilder;
      import dev.airlock.dsl.PipelineSource;
      import dev.airlock.dsl.Source;
      import dev.airlock.dsl.Sql;
      import dev.airlock.dsl.graph.ColumnType;

      public final class Broken implements PipelineSource {
        @Override
        public Pipeline define() {
          PipelineBuilder pipeline = Pipeline.named("repeat-purchase").ownedBy("growth-ml");
          var orders =
              pipeline.ingest(
                  "orders", Source.csv("orders.csv").column("amount", ColumnType.DECIMAL));
          var valid = pipeline.validate("orders-ok", orders, Expectations.rows().atLeast(1));
          pipeline.transform(
              "features",
              Sql.text("select customer_id,\\n  sum(amont) as total\\nfrom orders_ok group by customer_id"),
              valid);
          return pipeline.build();
        }
      }
      """;

  @Test
  void shouldTryAStageOnRealRowsAndShowThemWithoutKeepingAnything(RunningSystem system)
      throws IOException {
    long run = runUpToFeatures(system);
    String facts =
        "select (select count(*) from run) + (select count(*) from dataset_version where dataset like 'repeat-purchase.%') + (select count(*) from stage_attempt where run_id <> ?)";
    long before = system.count(facts, run);

    String answer =
        system
            .commands()
            .run(
                "try",
                PIPELINE + "/features",
                "--sample",
                "1000",
                "--run",
                Long.toString(run),
                "--json")
            .succeeded();

    JsonNode trial = new ObjectMapper().readTree(answer.substring(answer.indexOf('{')));
    JsonNode result = trial.get("result");
    assertEquals(1_000, result.get("inputs").get(0).get("sampled").asLong());
    assertEquals(69_659, result.get("inputs").get(0).get("rows").asLong());
    assertTrue(result.get("rows").get("rowCount").asLong() > 0);
    assertTrue(result.get("rows").get("rows").size() > 0);
    assertEquals(before, system.count(facts, run), "rows of runs, versions and attempts");
    assertFalse(
        Files.exists(system.home().resolve("warehouse/airlock_trial")), "a table of a trial");

    String terminal =
        system.commands().run("datasets", PIPELINE + ".orders", "--rows", "3").succeeded();
    assertTrue(terminal.contains("customer_id"), terminal);
    assertTrue(terminal.contains("3 of 69,659 rows"), terminal);
    String page = system.as("approver").get("/datasets/" + PIPELINE + ".orders").text();
    assertTrue(page.contains("First rows"), page);
  }

  @Test
  void shouldAnswerBrokenWorkInOneSentence(RunningSystem system) throws IOException {
    runUpToFeatures(system);

    Commands.Result refused = system.commands().run("try", PIPELINE + "/register");
    Commands.Result unknown = system.commands().run("try", PIPELINE + "/featurs");

    assertEquals(1, refused.exit());
    assertTrue(refused.output().contains("register can't be tried"), refused.output());
    assertEquals(1, unknown.exit());
    assertTrue(unknown.output().contains("Did you mean 'features'?"), unknown.output());
  }

  @Test
  void shouldNameTheLineAndTheColumnThatIsMissing(RunningSystem system, @TempDir Path folder)
      throws IOException {
    runUpToFeatures(system);
    Path file = Files.writeString(folder.resolve("Broken.java"), BROKEN);

    Commands.Result result =
        system.commands().run("try", "features", file.toString(), "--sample", "100");

    assertEquals(1, result.exit(), result.output());
    assertTrue(
        result
            .output()
            .contains(
                "features, line 2 of its SQL: there is no column 'amont'. Did you mean 'amount'?"),
        result.output());
    assertFalse(result.output().contains("\tat "), result.output());
  }

  /** A run of the real pipeline that has got through its SQL; the rest of it is not waited for. */
  private static long runUpToFeatures(RunningSystem system) throws IOException {
    Client engineer = system.as("engineer");
    awaitPublished(engineer);
    JsonNode earlier = engineer.get("/api/v1/runs?pipeline=" + PIPELINE).ok().get("items");
    long run =
        earlier.isEmpty()
            ? engineer
                .post(
                    "/api/v1/pipelines/" + PIPELINE + "/runs",
                    Map.of(
                        "logicalDate",
                        "1997-12-31",
                        "idempotencyKey",
                        UUID.randomUUID().toString()))
                .ok()
                .get("id")
                .asLong()
            : earlier.get(earlier.size() - 1).get("id").asLong();
    Await.holds(
        Duration.ofMinutes(2),
        "run " + run + " to get through its features",
        () ->
            Client.stage(engineer.get("/api/v1/runs/" + run).ok(), "features")
                .get("state")
                .asText()
                .equals("succeeded"));
    return run;
  }

  /** {@code up} lays the examples into a new home; a worker publishes them in its own time. */
  private static void awaitPublished(Client engineer) {
    Await.holds(
        Duration.ofSeconds(60),
        PIPELINE + " to be published",
        () -> engineer.get("/api/v1/pipelines/" + PIPELINE).status() == 200);
  }
}
