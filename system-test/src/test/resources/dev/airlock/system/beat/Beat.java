package beat;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Schedule;
import java.time.Duration;
import java.util.List;

/** Every two seconds, twice: {@code beat} makes up for whatever is missed, {@code pulse} does not. */
public final class Beat {

  private Beat() {}

  /** The only stage of each. */
  public interface Drum {
    String strike();
  }

  /** Takes no time. */
  private static final class Quick implements Drum {
    @Override
    public String strike() {
      return "struck";
    }
  }

  private abstract static class Drummed implements PipelineSource {
    private final String name;
    private final Schedule.CatchUp catchUp;

    Drummed(String name, Schedule.CatchUp catchUp) {
      this.name = name;
      this.catchUp = catchUp;
    }

    @Override
    public Pipeline define() {
      PipelineBuilder pipeline =
          Pipeline.named(name)
              .ownedBy("clocks")
              .schedule(Schedule.every(Duration.ofSeconds(2)).catchUp(catchUp));
      pipeline.task("strike", Drum::strike).shortTask();
      return pipeline.build();
    }

    @Override
    public List<Object> tasks() {
      return List.of(new Quick());
    }
  }

  /** Whatever is missed is made up for. */
  public static final class MakesUp extends Drummed {
    public MakesUp() {
      super("beat", Schedule.CatchUp.ALL);
    }
  }

  /** What is later than ten seconds is not made up for. */
  public static final class LetsGo extends Drummed {
    public LetsGo() {
      super("pulse", Schedule.CatchUp.NONE);
    }
  }
}
