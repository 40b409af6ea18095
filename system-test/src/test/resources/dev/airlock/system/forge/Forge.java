package forge;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Secret;
import dev.airlock.dsl.SecretValue;
import dev.airlock.dsl.Stage;
import java.util.List;

/** A stage for any worker, and one for those alone that take the team's queue and have its key. */
public final class Forge implements PipelineSource {

  /** The steps. */
  public interface Steps {
    long dig();

    long forge(long digger, SecretValue key);
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("forge").ownedBy("smiths");
    Stage<Long> dug = pipeline.task("dig", Steps::dig);
    pipeline.task("forge", Steps::forge, dug, Secret.named("forge-key")).onQueue("smiths");
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new Smith());
  }

  /** Tells which process it is. */
  static final class Smith implements Steps {
    @Override
    public long dig() {
      return ProcessHandle.current().pid();
    }

    @Override
    public long forge(long digger, SecretValue key) {
      if (!key.reveal().equals("hammer-and-anvil")) {
        throw new IllegalStateException("This is not the key.");
      }
      return ProcessHandle.current().pid();
    }
  }
}
