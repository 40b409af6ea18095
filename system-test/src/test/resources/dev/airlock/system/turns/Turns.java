package turns;

import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A stage that only one run at a time may be at: it says when it begins and when it is let go. */
public final class Turns implements PipelineSource {

  static final Param<String> FOLDER = Param.text("folder");
  static final Param<String> NAME = Param.text("name");

  /** The only step. */
  public interface Steps {
    String use(String folder, String name) throws IOException, InterruptedException;
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("turns").ownedBy("drill-team");
    pipeline.task("use", Steps::use, FOLDER, NAME).retry(3).pool(Pool.named("desk"));
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new Desk());
  }

  /** Used until somebody puts a file of the user's name into the folder. */
  static final class Desk implements Steps {
    @Override
    public String use(String folder, String name) throws IOException, InterruptedException {
      say(folder, name + " begins");
      while (!Files.exists(Path.of(folder, name))) {
        Thread.sleep(50);
      }
      say(folder, name + " ends");
      return name;
    }
  }

  private static void say(String folder, String words) throws IOException {
    Files.writeString(
        Path.of(folder, "said"),
        words + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
