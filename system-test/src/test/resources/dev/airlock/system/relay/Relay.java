package relay;

import dev.airlock.dsl.ChoiceStage;
import dev.airlock.dsl.Failure;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Branches, sets up, breaks in the middle, tears down and undoes; says so in a file. */
public final class Relay implements PipelineSource {

  static final Param<String> FOLDER = Param.text("folder");

  /** What to do. */
  public enum Way {
    LONG,
    SHORT
  }

  /** The steps. */
  public interface Steps {

    Way way(String folder);

    String rent(String folder);

    String book(String cluster);

    String work(String cluster, String booking);

    String hurry(String folder);

    void cancel(String folder);

    String giveBack(String cluster);

    void tell(Failure failure);
  }

  @Override
  public Pipeline define() {
    PipelineBuilder pipeline = Pipeline.named("relay").ownedBy("drill-team");
    ChoiceStage<Way> way = pipeline.choose("way", Steps::way, FOLDER).shortTask();
    Stage<String> rented = pipeline.task("rent", Steps::rent, FOLDER).when(way.is(Way.LONG));
    pipeline.task("hurry", Steps::hurry, FOLDER).when(way.is(Way.SHORT));
    Stage<String> booked =
        pipeline.task("book", Steps::book, rented).compensateWith(Steps::cancel);
    pipeline
        .task("work", Steps::work, rented, booked)
        .retry(3)
        .neverRetryOn(IllegalStateException.class);
    pipeline.task("give-back", Steps::giveBack, rented).teardownOf(rented);
    pipeline.onFailure(Steps::tell);
    return pipeline.build();
  }

  @Override
  public List<Object> tasks() {
    return List.of(new Walk());
  }

  private static final class Walk implements Steps {

    @Override
    public Way way(String folder) {
      return Way.LONG;
    }

    @Override
    public String rent(String folder) {
      return say(folder, "rent");
    }

    @Override
    public String book(String cluster) {
      return say(cluster, "book");
    }

    @Override
    public String work(String cluster, String booking) {
      say(cluster, "work");
      if (Files.exists(Path.of(cluster, "struck"))) {
        throw new IllegalStateException("The work breaks.");
      }
      try {
        Thread.sleep(120_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return cluster;
    }

    @Override
    public String hurry(String folder) {
      return say(folder, "hurry");
    }

    @Override
    public void cancel(String folder) {
      say(folder, "cancel");
    }

    @Override
    public String giveBack(String cluster) {
      return say(cluster, "give back");
    }

    @Override
    public void tell(Failure failure) {
      System.out.println(failure.stage() + ": " + failure.message());
    }

    private static String say(String folder, String word) {
      try {
        Files.writeString(
            Path.of(folder, "said"),
            word + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
        return folder;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
