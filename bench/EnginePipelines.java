import dev.airlock.dsl.MapStage;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.TaskStage;
import java.util.List;
import java.util.stream.IntStream;

/** What {@code Engine} runs: stages that do nothing. */
public final class EnginePipelines {

  private EnginePipelines() {}

  /** What the stages call. */
  public interface Tasks {
    String nothing();

    String next(String before);

    List<Integer> items();

    Integer same(Integer item);

    Integer count(List<Integer> items);
  }

  private static final class Idle implements Tasks {
    @Override
    public String nothing() {
      return "";
    }

    @Override
    public String next(String before) {
      return before;
    }

    @Override
    public List<Integer> items() {
      return IntStream.range(0, 10_000).boxed().toList();
    }

    @Override
    public Integer same(Integer item) {
      return item;
    }

    @Override
    public Integer count(List<Integer> items) {
      return items.size();
    }
  }

  private abstract static class Benched implements PipelineSource {
    @Override
    public List<Object> tasks() {
      return List.of(new Idle());
    }
  }

  private static TaskStage<String> kind(TaskStage<String> stage, boolean isShort) {
    return isShort ? stage.shortTask() : stage;
  }

  private static Pipeline chain(String name, boolean isShort) {
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("bench");
    TaskStage<String> last = kind(pipeline.task("s0", Tasks::nothing), isShort);
    for (int i = 1; i < 50; i++) {
      last = kind(pipeline.task("s" + i, Tasks::next, last), isShort);
    }
    return pipeline.build();
  }

  private static Pipeline wide(String name, int count, boolean isShort) {
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("bench");
    for (int i = 0; i < count; i++) {
      TaskStage<String> unused = kind(pipeline.task("s" + i, Tasks::nothing), isShort);
    }
    return pipeline.build();
  }

  private static Pipeline map(String name, boolean isShort) {
    PipelineBuilder pipeline = Pipeline.named(name).ownedBy("bench");
    Stage<List<Integer>> items = pipeline.task("items", Tasks::items);
    MapStage<List<Integer>> each = pipeline.map("each", items, Tasks::same);
    if (isShort) {
      each.shortTask();
    }
    pipeline.task("count", Tasks::count, each);
    return pipeline.build();
  }

  public static final class One extends Benched {
    @Override
    public Pipeline define() {
      return wide("bench-one", 1, true);
    }
  }

  public static final class ChainShort extends Benched {
    @Override
    public Pipeline define() {
      return chain("bench-chain-short", true);
    }
  }

  public static final class ChainIsolated extends Benched {
    @Override
    public Pipeline define() {
      return chain("bench-chain-isolated", false);
    }
  }

  public static final class WideShort extends Benched {
    @Override
    public Pipeline define() {
      return wide("bench-wide-short", 500, true);
    }
  }

  public static final class WideIsolated extends Benched {
    @Override
    public Pipeline define() {
      return wide("bench-wide-isolated", 500, false);
    }
  }

  public static final class MapShort extends Benched {
    @Override
    public Pipeline define() {
      return map("bench-map-short", true);
    }
  }

  public static final class MapIsolated extends Benched {
    @Override
    public Pipeline define() {
      return map("bench-map-isolated", false);
    }
  }

  public static final class Large extends Benched {
    @Override
    public Pipeline define() {
      return wide("bench-graph", 2_000, true);
    }
  }
}
