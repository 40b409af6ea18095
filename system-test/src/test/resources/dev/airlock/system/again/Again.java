package again;

import static dev.airlock.dsl.Expectations.column;

import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.Source;
import dev.airlock.dsl.Sql;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnType;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A table, and a last stage that can fail, or stand still until it is told to go. */
public final class Again implements PipelineSource {

  static final Param<Integer> AT_MOST = Param.integer("at-most").orElse(1000);
  static final Param<String> HOLD = Param.text("hold").orElse("-");

  /** The last stage. */
  public interface Checks {
    /** Counts the rows; with a folder to hold at, its first attempt waits there for a file. */
    String count(Dataset rows, Integer atMost, String hold) throws IOException;
  }

  static final class Counting implements Checks {
    @Override
    public String count(Dataset rows, Integer atMost, String hold) throws IOException {
      if (rows.rowCount() > atMost) {
        throw new IllegalArgumentException("%d rows are more than %d.".formatted(rows.rowCount(), atMost));
      }
      RunContext run = RunContext.current();
      if (!hold.equals("-")) {
        Path folder = Path.of(hold);
        Files.createFile(folder.resolve("began-" + run.attempt()));
        while (run.attempt() == 1 && !Files.exists(folder.resolve("go"))) {
          standStill();
        }
        effect(folder.resolve(run.idempotencyKey().replace('/', '.')));
      }
      return "attempt " + run.attempt();
    }

    /** Deaf to whoever asks it to stop. */
    private static void standStill() {
      try {
        Thread.sleep(20);
      } catch (InterruptedException deaf) {
        // It goes on: the fence must hold without its help.
      }
    }

    private static void effect(Path once) throws IOException {
      try {
        Files.createFile(once);
      } catch (FileAlreadyExistsException done) {
        // By another attempt, under the same key.
      }
    }
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("again").ownedBy("again-team");
    Stage<Dataset> raw =
        pipeline
            .ingest("raw", Source.csv("again.csv").column("customer", ColumnType.INTEGER))
            .cached();
    Stage<Dataset> valid = pipeline.validate("valid", raw, column("customer").notNull());
    Stage<Dataset> twice =
        pipeline.transform("twice", Sql.text("select customer * 2 as customer from valid"), valid).cached();
    pipeline.task("count", Checks::count, twice, AT_MOST, HOLD);
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new Counting());
  }
}
