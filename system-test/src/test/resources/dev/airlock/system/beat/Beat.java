package beat;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Schedule;
import java.time.Duration;
import java.util.List;

/** Every two seconds; whatever is missed is made up for. */
public final class Beat implements PipelineSource {

  /** The only stage. */
  public interface Drum {
    String beat();
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline =
        Pipeline.named("beat")
            .ownedBy("clocks")
            .schedule(Schedule.every(Duration.ofSeconds(2)).catchUp(Schedule.CatchUp.ALL));
    pipeline.task("beat", Drum::beat).shortTask();
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new Quick());
  }

  /** Takes no time. */
  static final class Quick implements Drum {
    @Override
    public String beat() {
      return "beat";
    }
  }
}
