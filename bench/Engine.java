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
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * What the engine costs, beside bare Temporal activities on the same server, in turns. Each stage
 * is in PostgreSQL as it goes; the bare loop writes nothing down.
 */
public final class Engine {

  private static final int CHAIN = 50;
  private static final int WIDE = 500;
  private static final String QUEUE = "bench-bare";
  private static final Set<String> PARTS = Set.of("one", "chain", "wide", "graph", "map");
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI web;
  private final String token;
  private final WorkflowClient temporal;

  private Engine(Path home, WorkflowClient temporal) throws IOException {
    this.web = URI.create(found(Files.readString(home.resolve("state.json")), "\"url\"\\s*:\\s*\"([^\"]+)"));
    this.token = found(Files.readString(home.resolve("users/engineer.json")), "\"token\"\\s*:\\s*\"([^\"]+)");
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
      System.err.println("Usage: bench/engine [PAIRS] [one] [chain] [wide] [graph] [map], or Engine HOME [PAIRS] [PART...] beside a running system");
      System.exit(2);
    }
    Path home = Path.of(arguments[0]).toRealPath();
    int pairs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    Set<String> parts =
        arguments.length > 2 ? Set.copyOf(Arrays.asList(arguments).subList(2, arguments.length)) : PARTS;
    String port =
        found(Files.readString(home.resolve("state.json")), "\"temporal\"\\s*:\\s*\\{[^}]*\"port\"\\s*:\\s*(\\d+)");
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + port).build());
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(BareLoop.class);
    worker.registerActivitiesImplementations((Nothing) () -> {});
    factory.start();
    try {
      Engine engine = new Engine(home, client);
      engine.publish(home);
      engine.measure(pairs, parts);
    } finally {
      factory.shutdownNow();
      stubs.shutdownNow();
    }
    System.exit(0);
  }

  private void measure(int pairs, Set<String> parts) throws Exception {
    System.out.println("load before: " + Files.readString(Path.of("/proc/loadavg")).strip());
    run("bench-one");
    bare(CHAIN, false);
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
    if (parts.contains("graph")) {
      once("a graph of 2,000 short stages", "bench-graph", 2_000);
    }
    if (parts.contains("map")) {
      once("a map of 10,000 short items", "bench-map-short", 10_000);
      once("a map of 10,000 isolated items", "bench-map-isolated", 10_000);
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

  private void once(String what, String pipeline, int count) throws Exception {
    Run run = run(pipeline);
    long began = System.nanoTime();
    String page = get("/runs/" + run.id());
    double pageMillis = (System.nanoTime() - began) / 1e6;
    began = System.nanoTime();
    get("/api/v1/runs/" + run.id());
    double restMillis = (System.nanoTime() - began) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f s, %.0f a second; its page of %,d bytes opens in %.0f ms, GET /runs/{id} in %.0f ms%n",
        what,
        run.work() / 1_000,
        count * 1_000 / run.work(),
        page.length(),
        pageMillis,
        restMillis);
  }

  private double bare(int count, boolean atOnce) {
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
  private record Run(long id, double all, double work) {}

  private Run run(String pipeline) {
    try {
      String answer =
          http.send(
                  request("/api/v1/pipelines/" + pipeline + "/runs")
                      .header("Content-Type", "application/json")
                      .POST(BodyPublishers.ofString("{}"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      long id = Long.parseLong(found(answer, "\"id\"\\s*:\\s*(\\d+)"));
      Instant deadline = Instant.now().plus(PATIENCE);
      while (Instant.now().isBefore(deadline)) {
        String head = get("/api/v1/runs?limit=1&pipeline=" + pipeline);
        if (!head.contains("\"id\":" + id + ",")) {
          throw new IllegalStateException("Run " + id + " is not the newest: " + head);
        }
        if (head.contains("\"state\":\"succeeded\"")) {
          Instant created = Instant.parse(found(head, "\"createdAt\":\"([^\"]+)"));
          Instant started = Instant.parse(found(head, "\"startedAt\":\"([^\"]+)"));
          Instant ended = Instant.parse(found(head, "\"endedAt\":\"([^\"]+)"));
          return new Run(id, millis(created, ended), millis(started, ended));
        }
        if (head.contains("\"state\":\"failed\"")) {
          throw new IllegalStateException(head);
        }
        Thread.sleep(200);
      }
      throw new IllegalStateException("Run " + id + " has not ended.");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(web.resolve(path)).header("Authorization", "Bearer " + token);
  }

  private String get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString()).body();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("Expected " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  /** Compiles the pipelines below and drops them into the folder that the worker looks into. */
  private void publish(Path home) throws Exception {
    Path folder = Files.createTempDirectory("bench-engine");
    Path source = Path.of("bench/EnginePipelines.java");
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.resolve("classes").toString(), "-cp",
                System.getProperty("java.class.path"), source.toString());
    if (result != 0) {
      throw new IllegalStateException("The pipelines do not compile.");
    }
    Path jar = folder.resolve("bench-pipelines.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream content = new JarOutputStream(file);
        Stream<Path> classes = Files.list(folder.resolve("classes"))) {
      List<String> sources = new ArrayList<>();
      for (Path path : classes.toList()) {
        String name = path.getFileName().toString();
        content.putNextEntry(new JarEntry(name));
        content.write(Files.readAllBytes(path));
        if (name.matches("EnginePipelines\\$(One|Chain.*|Wide.*|Map.*|Large)\\.class")) {
          sources.add(name.replace(".class", ""));
        }
      }
      content.putNextEntry(new JarEntry("META-INF/services/dev.airlock.dsl.PipelineSource"));
      content.write(String.join("\n", sources).getBytes(StandardCharsets.UTF_8));
    }
    Path target = Files.createDirectories(home.resolve("pipelines")).resolve("bench-pipelines.jar");
    Files.move(jar, target, StandardCopyOption.REPLACE_EXISTING);
    Instant deadline = Instant.now().plusSeconds(120);
    while (!get("/api/v1/pipelines/bench-graph").contains("\"graph\"")) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("The pipelines were not published: " + get("/api/v1/pipelines"));
      }
      Thread.sleep(200);
    }
  }
}
