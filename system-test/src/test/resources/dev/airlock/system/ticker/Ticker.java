package ticker;

import static dev.airlock.dsl.Starts.webhook;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Schedule;
import dev.airlock.dsl.graph.ScheduleSpec.Overlap;
import java.time.Duration;
import java.util.List;

/** Starts every two seconds, and takes longer. */
public final class Ticker implements PipelineSource {

  /** The only stage. */
  public interface Clock {
    String tick();
  }

  /** Three seconds long. */
  static final class SlowClock implements Clock {
    @Override
    public String tick() {
      try {
        Thread.sleep(3_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return "tick";
    }
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline =
        Pipeline.named("ticker")
            .ownedBy("clocks")
            .schedule(Schedule.every(Duration.ofSeconds(2)).overlap(Overlap.SKIP))
            .startOn(webhook("chime"))
            .maxActiveRuns(2);
    pipeline.task("tick", Clock::tick);
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new SlowClock());
  }
}
