import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.RunContext;
import dev.airlock.dsl.Stage;
import java.util.List;

/** What {@code Recovery} runs. */
public final class RecoveryPipeline {

  private RecoveryPipeline() {}

  /** A task that takes long at its first attempt. */
  public interface Tasks {
    String slow() throws InterruptedException;

    String quick();
  }

  private static final class Slow implements Tasks {
    @Override
    public String slow() throws InterruptedException {
      if (RunContext.current().attempt() == 1) {
        Thread.sleep(120_000);
      }
      return "";
    }

    @Override
    public String quick() {
      return "";
    }
  }

  private abstract static class Benched implements PipelineSource {
    @Override
    public List<Object> tasks() {
      return List.of(new Slow());
    }
  }

  public static final class Recovered extends Benched {
    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("bench-recovery").ownedBy("bench");
      Stage<String> unused = pipeline.task("slow", Tasks::slow);
      return pipeline.build();
    }
  }

  public static final class Ready extends Benched {
    @Override
    public Pipeline define() {
      PipelineBuilder pipeline = Pipeline.named("bench-recovery-ready").ownedBy("bench");
      Stage<String> unused = pipeline.task("quick", Tasks::quick);
      return pipeline.build();
    }
  }
}
