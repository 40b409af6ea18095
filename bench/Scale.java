import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Large runs, and many: 2,000 stages in one graph, 10,000 items in one map, 1,000 runs at once of
 * which 900 wait for approval. All are seen to their end, and their pages opened.
 */
public final class Scale {

  private static final Set<String> PARTS = Set.of("graph", "map", "runs");
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final int WAITING = 900;
  private static final int BESIDE = 100;
  private static final Pattern USED = Pattern.compile("(?:total \\d+K|\\d+K), used (\\d+)K");

  private final BenchedSystem system;
  private final AtomicLong mostHeap = new AtomicLong();

  private Scale(BenchedSystem system) {
    this.system = system;
  }

  public static void main(String[] arguments) throws Exception {
    Set<String> parts =
        arguments.length > 1
            ? Set.copyOf(Arrays.asList(arguments).subList(1, arguments.length))
            : PARTS;
    Scale scale = new Scale(new BenchedSystem(Path.of(arguments[0])));
    scale.watchHeap();
    scale.measure(parts);
    System.exit(0);
  }

  private void measure(Set<String> parts) throws Exception {
    System.out.println("load before: " + Files.readString(Path.of("/proc/loadavg")).strip());
    system.publish("EnginePipelines", "bench-graph");
    if (parts.contains("graph")) {
      once("a graph of 2,000 short stages", "bench-graph", 2_000);
    }
    if (parts.contains("map")) {
      once("a map of 10,000 short items", "bench-map-short", 10_000);
      once("a map of 10,000 isolated items", "bench-map-isolated", 10_000);
    }
    if (parts.contains("runs")) {
      runs();
    }
    System.out.printf(
        Locale.ROOT,
        "the worker's heap: %,d MB at most; the longest history: %,d events%n",
        mostHeap.get() / 1_024,
        longestHistory());
    System.out.println("load after: " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  private void once(String what, String pipeline, int count) throws Exception {
    long id = system.trigger(pipeline);
    String head = system.awaitRun(pipeline, id, PATIENCE);
    double seconds =
        Duration.between(
                    BenchedSystem.time(head, "startedAt"), BenchedSystem.time(head, "endedAt"))
                .toMillis()
            / 1_000.0;
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f s, %.0f a second; its page opens in %.0f ms, GET /runs/{id} in %.0f ms%n",
        what,
        seconds,
        count / seconds,
        opens("/runs/" + id),
        opens("/api/v1/runs/" + id));
  }

  /** Milliseconds, the median of five. */
  private double opens(String path) throws IOException, InterruptedException {
    double[] millis = new double[5];
    for (int i = 0; i < millis.length; i++) {
      long began = System.nanoTime();
      system.get(path);
      millis[i] = (System.nanoTime() - began) / 1e6;
    }
    Arrays.sort(millis);
    return millis[2];
  }

  /** Every run waits for its own approval of the same version: they go on from one that was cancelled. */
  private void runs() throws Exception {
    Path rows = Files.createTempDirectory("bench").resolve("rows.csv");
    Files.writeString(rows, rows());
    system.publish("ScalePipeline", "bench-approval", rows);
    long first = system.trigger("bench-approval");
    await("the first run to wait", () -> count("runs", "waiting", 1) == 1);
    system.post("engineer", "/api/v1/runs/" + first + "/cancel", "{}");
    await("the first run to be cancelled", () -> count("runs", "cancelled", 1) == 1);
    Instant began = Instant.now();
    for (int i = 0; i < WAITING; i++) {
      system.post(
          "engineer", "/api/v1/runs/" + first + "/resume", "{\"from\":\"promote\"}");
    }
    await(WAITING + " runs to wait", () -> count("runs", "waiting", WAITING) == WAITING);
    say("%d runs wait for approval after %.1f s", WAITING, seconds(began));

    began = Instant.now();
    for (int i = 0; i < BESIDE; i++) {
      system.trigger("bench-chain-short");
    }
    await(
        "the runs beside them",
        () -> count("runs?pipeline=bench-chain-short&", "succeeded", BESIDE) >= BESIDE);
    say("%d runs of 50 stages beside them end after %.1f s", BESIDE, seconds(began));

    began = Instant.now();
    for (String approval : open()) {
      String digest =
          BenchedSystem.found(
              system.get("/api/v1/approvals/" + approval), "\"digest\":\"([0-9a-f]+)\"");
      system.post(
          "approver",
          "/api/v1/approvals/" + approval + "/decisions",
          "{\"decision\":\"approve\",\"reason\":\"bench\",\"digest\":\"" + digest + "\"}");
    }
    await(
        "all runs to end",
        () -> count("runs?pipeline=bench-approval&", "succeeded", WAITING) == WAITING);
    say("%d approvals, one after the other, and their runs' ends take %.1f s", WAITING, seconds(began));
  }

  private static void say(String what, Object... values) {
    System.out.printf(Locale.ROOT, what + "%n", values);
  }

  private static double seconds(Instant since) {
    return Duration.between(since, Instant.now()).toMillis() / 1_000.0;
  }

  private List<String> open() throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (String page : pages("approvals?", "open", WAITING)) {
      Matcher id = Pattern.compile("\\{\"id\":(\\d+),").matcher(page);
      while (id.find()) {
        ids.add(id.group(1));
      }
    }
    return ids;
  }

  private int count(String list, String state, int most) throws IOException, InterruptedException {
    int count = 0;
    for (String page : pages(list.contains("?") ? list : list + "?", state, most)) {
      Matcher item = Pattern.compile("\\{\"id\":\\d+,").matcher(page);
      while (item.find()) {
        count++;
      }
    }
    return count;
  }

  private List<String> pages(String list, String state, int most)
      throws IOException, InterruptedException {
    List<String> pages = new ArrayList<>();
    String next = "";
    while (next != null && pages.size() * 100 < most + 100) {
      String page = system.get("/api/v1/" + list + "state=" + state + "&limit=100" + next);
      pages.add(page);
      Matcher cursor = Pattern.compile("\"next\":\"([^\"]+)\"").matcher(page);
      next = cursor.find() ? "&cursor=" + cursor.group(1) : null;
    }
    return pages;
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(String what, Condition condition)
      throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("Waited in vain for " + what + ".");
      }
      Thread.sleep(500);
    }
  }

  private long longestHistory() throws IOException {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:" + system.port("temporal"))
                .build());
    try {
      return WorkflowClient.newInstance(stubs)
          .listExecutions("")
          .map(WorkflowExecutionMetadata::getWorkflowExecutionInfo)
          .mapToLong(info -> info.getHistoryLength())
          .max()
          .orElse(0);
    } finally {
      stubs.shutdownNow();
    }
  }

  private void watchHeap() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (true) {
                  mostHeap.accumulateAndGet(heap(), Math::max);
                  Thread.sleep(1_000);
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            "heap");
    watch.setDaemon(true);
    watch.start();
  }

  /** Kilobytes of the worker's heap that are in use, garbage included. */
  private long heap() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder("jcmd", "" + system.pid("worker"), "GC.heap_info")
            .redirectErrorStream(true)
            .start();
    String answer = new String(jcmd.getInputStream().readAllBytes());
    jcmd.waitFor(10, TimeUnit.SECONDS);
    long used = 0;
    for (String line : answer.lines().toList()) {
      Matcher found = USED.matcher(line);
      if (found.find() && (line.contains("generation") || line.contains("heap"))) {
        used += Long.parseLong(found.group(1));
      }
    }
    return used;
  }

  private static String rows() {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder("as_of,visits,spend,bought\n");
    for (String day : List.of("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")) {
      for (int customer = 0; customer < 400; customer++) {
        int visits = random.nextInt(20);
        int bought = random.nextInt(20) < visits ? 1 : 0;
        csv.append(day + "," + visits + "," + random.nextInt(100) + "," + bought + "\n");
      }
    }
    return csv.toString();
  }
}
