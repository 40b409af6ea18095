import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the engine costs, beside bare Temporal activities on the same server, in turns. Each stage
 * is in PostgreSQL as it goes; the bare loop writes nothing down.
 */
public final class Engine {

  /** Rounds of everything before anything is measured: each JVM is to have compiled its share. */
  private static final int WARM_UP = 8;

  private static final int CHAIN = 50;
  private static final int WIDE = 500;
  private static final String QUEUE = "bench-bare";
  private static final Set<String> PARTS = Set.of("one", "chain", "wide");
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final BenchedSystem system;
  private final WorkflowClient temporal;

  private Engine(BenchedSystem system, WorkflowClient temporal) {
    this.system = system;
    this.temporal = temporal;
  }

  /** Does nothing, as an activity. */
  @ActivityInterface
  public interface Nothing {
    void nothing();
  }

  /** Bare activities, one after the other or all at once. */
  @WorkflowInterface
  public interface Bare {
    @WorkflowMethod
    void run(int count, boolean atOnce);
  }

  /** As one would write it without an engine. */
  public static final class BareLoop implements Bare {
    private final Nothing activity =
        Workflow.newActivityStub(
            Nothing.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(10)).build());

    @Override
    public void run(int count, boolean atOnce) {
      List<Promise<Void>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (atOnce) {
          all.add(Async.procedure(activity::nothing));
        } else {
          activity.nothing();
        }
      }
      Promise.allOf(all).get();
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1) {
      System.err.println("Usage: bench/engine [PAIRS] [one] [chain] [wide], or Engine HOME [PAIRS] [PART...] beside a running system");
      System.exit(2);
    }
    BenchedSystem system = new BenchedSystem(Path.of(arguments[0]));
    int pairs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    Set<String> parts =
        arguments.length > 2 ? Set.copyOf(Arrays.asList(arguments).subList(2, arguments.length)) : PARTS;
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + system.port("temporal")).build());
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(BareLoop.class);
    worker.registerActivitiesImplementations((Nothing) () -> {});
    factory.start();
    try {
      system.publish("EnginePipelines", "bench-graph");
      new Engine(system, client).measure(pairs, parts);
    } finally {
      factory.shutdownNow();
      stubs.shutdownNow();
    }
    System.exit(0);
  }

  private void measure(int pairs, Set<String> parts) throws Exception {
    System.out.println("load before: " + Files.readString(Path.of("/proc/loadavg")).strip());
    for (int i = 0; i < WARM_UP; i++) {
      for (String pipeline :
          List.of("one", "chain-short", "chain-isolated", "wide-short", "wide-isolated")) {
        run("bench-" + pipeline);
      }
      bare(CHAIN, false);
      bare(WIDE, true);
    }
    if (parts.contains("one")) {
      System.out.printf(
          Locale.ROOT,
          "no-op stage, trigger to success: %.0f ms (median of %d)%n",
          median(
              IntStream.range(0, 4 * pairs).mapToDouble(i -> run("bench-one").all()).toArray()),
          4 * pairs);
    }
    if (parts.contains("chain")) {
      chain("short", "bench-chain-short", pairs);
      chain("isolated", "bench-chain-isolated", pairs);
    }
    if (parts.contains("wide")) {
      wide("short", "bench-wide-short", pairs);
      wide("isolated", "bench-wide-isolated", pairs);
    }
    System.out.println("load after: " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  private void chain(String what, String pipeline, int pairs) {
    double[] own = new double[pairs];
    double[] ratios = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      own[i] = run(pipeline).work() / CHAIN;
      ratios[i] = own[i] / (bare(CHAIN, false) / CHAIN);
    }
    System.out.printf(
        Locale.ROOT,
        "chain of %d %s stages: %.1f ms a stage, %.2f x a bare activity (medians of %d pairs)%n",
        CHAIN,
        what,
        median(own),
        median(ratios),
        pairs);
  }

  private void wide(String what, String pipeline, int pairs) {
    double[] own = new double[pairs];
    double[] ratios = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      own[i] = WIDE * 1_000 / run(pipeline).work();
      ratios[i] = own[i] / (WIDE * 1_000 / bare(WIDE, true));
    }
    System.out.printf(
        Locale.ROOT,
        "%d %s stages in parallel: %.0f stages/s, %.2f x the bare rate (medians of %d pairs)%n",
        WIDE,
        what,
        median(own),
        median(ratios),
        pairs);
  }

  private double bare(int count, boolean atOnce) {
    settle();
    WorkflowStub workflow =
        temporal.newUntypedWorkflowStub(
            "Bare", WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
    workflow.start(count, atOnce);
    workflow.getResult(Void.class);
    var info = workflow.describe();
    return Duration.between(info.getStartTime(), info.getCloseTime()).toNanos() / 1e6;
  }

  /**
   * A run.
   *
   * @param all milliseconds from its trigger to its end
   * @param work milliseconds from the start of its workflow's first stage to its end
   */
  private record Run(double all, double work) {}

  private Run run(String pipeline) {
    settle();
    try {
      long id = system.trigger(pipeline);
      String head = system.awaitRun(pipeline, id, PATIENCE);
      Instant created = BenchedSystem.time(head, "createdAt");
      Instant started = BenchedSystem.time(head, "startedAt");
      Instant ended = BenchedSystem.time(head, "endedAt");
      return new Run(millis(created, ended), millis(started, ended));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the run before has left to be done, such as keeping its history, is not to be charged to the next. */
  private static void settle() {
    try {
      Thread.sleep(1_500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
