import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Half of the customers meet another version at two gateways; then all traffic goes back while they
 * ask without a break. How long until the last answer by that version, and did a request fail?
 */
final class RollbackUnderLoad {

  private static final int ROUNDS = 7;
  private static final int THREADS_PER_GATEWAY = 2;
  private static final int CUSTOMERS = 1_000;
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** Of each customer; without it the load takes the cores from whoever is to decide. */
  private static final Duration PAUSE = Duration.ofNanos(500_000);

  private static final Pattern MODEL_VERSION = Pattern.compile("\"model_version\":\"?(\\d+)");
  private static final List<String> FEATURES =
      List.of(
          "log_recency",
          "log_frequency",
          "log_spend",
          "log_mean_gap",
          "log_gap_ratio",
          "log_orders_90",
          "log_spend_90");

  static {
    // Nothing is sent twice. The JDK's newer client is not asked for predictions: it loses about
    // one of 300,000 requests, which the gateway has not lost.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI web;
  private final URI second;
  private final String version;
  private final String token;

  private RollbackUnderLoad(Path home, URI web, URI second, String version) throws IOException {
    this.web = web;
    this.second = second;
    this.version = version;
    this.token = found(Files.readString(home.resolve("users/approver.json")), "\"token\"\\s*:\\s*\"([^\"]+)");
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("Usage: java bench/RollbackUnderLoad.java HOME VERSION\n"
          + "HOME is that of a running system, VERSION an approved version of repeat-purchase that is not live.");
      System.exit(2);
    }
    Path home = Path.of(arguments[0]).toRealPath();
    String state = Files.readString(home.resolve("state.json"));
    URI web = URI.create(found(state, "\"url\"\\s*:\\s*\"([^\"]+)"));
    int port = freePort();
    Process serve = serve(home, found(state, "\"postgres\"\\s*:\\s*\\{[^}]*\"port\"\\s*:\\s*(\\d+)"), port);
    try {
      URI second = URI.create("http://127.0.0.1:" + port);
      await(() -> status(second.resolve("/v2/models/repeat-purchase/ready")) == 200);
      new RollbackUnderLoad(home, web, second, arguments[1]).measure();
    } finally {
      serve.descendants().forEach(ProcessHandle::destroy);
      serve.destroy();
    }
  }

  private void measure() throws Exception {
    System.out.println("load before: " + Files.readString(Path.of("/proc/loadavg")).strip());
    double[] lasts = new double[ROUNDS];
    double[] answers = new double[ROUNDS];
    double[] firsts = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      Round measured = round();
      lasts[round] = measured.last();
      answers[round] = measured.answered();
      firsts[round] = measured.first();
      System.out.printf(
          Locale.ROOT,
          "last answer by version %s %.0f ms after the request · answered after %.0f ms · split in force %.0f ms after it was decided"
              + " · %d requests, %d failed%n",
          version,
          measured.last(),
          measured.answered(),
          measured.first(),
          measured.requests(),
          measured.failed());
    }
    System.out.printf(
        Locale.ROOT,
        "medians of %d rounds: last bad answer %.0f ms, the rollback's own answer %.0f ms, split in force %.0f ms; longest last bad answer %.0f ms%n",
        ROUNDS,
        median(lasts),
        median(answers),
        median(firsts),
        Arrays.stream(lasts).max().orElseThrow());
  }

  /** One rollout and its way back, in milliseconds. */
  private record Round(double last, double answered, double first, int requests, long failed) {}

  private record Answer(long at, URI gateway, int status, String by) {}

  private Round round() throws Exception {
    List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean isOver = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (URI gateway : List.of(web, second)) {
      for (int i = 0; i < THREADS_PER_GATEWAY; i++) {
        threads.add(new Thread(() -> ask(gateway, answers, isOver)));
      }
    }
    threads.forEach(Thread::start);
    Thread.sleep(A_WHILE.toMillis());
    post(
        "/api/v1/models/repeat-purchase/rollouts",
        "{\"version\":" + version + ",\"strategy\":\"canary\",\"steps\":[{\"weight\":50,\"hold\":\"PT10M\"},{\"weight\":100}],"
            + "\"promoteWhile\":[{\"figure\":\"error_rate\",\"atMost\":1.0}],\"reason\":\"A benchmark\"}");
    await(() -> seen(answers, web) && seen(answers, second));
    double first = sinceDecision(answers);
    Thread.sleep(A_WHILE.toMillis());
    long asked = System.currentTimeMillis();
    post("/api/v1/models/repeat-purchase/rollback", "{}");
    long answered = System.currentTimeMillis();
    Thread.sleep(A_WHILE.toMillis());
    isOver.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    long last =
        answers.stream().filter(answer -> answer.by().equals(version)).mapToLong(Answer::at).max().orElseThrow();
    return new Round(
        Math.max(0, last - asked),
        answered - asked,
        first,
        answers.size(),
        answers.stream().filter(answer -> answer.status() != 200).count());
  }

  /** From the moment that stands in the shift's row until both gateways have honoured it. */
  private double sinceDecision(List<Answer> answers) throws Exception {
    String rollouts = get("/api/v1/rollouts?model=repeat-purchase&state=active");
    String id = found(rollouts, "\"id\":(\\d+)");
    String detail = get("/api/v1/rollouts/" + id);
    String shifts = detail.substring(detail.indexOf("\"shifts\""));
    long decided = java.time.Instant.parse(found(shifts, "\"at\":\"([^\"]+)")).toEpochMilli();
    long honoured = 0;
    for (URI gateway : List.of(web, second)) {
      honoured =
          Math.max(
              honoured,
              snapshot(answers).stream()
                  .filter(answer -> answer.gateway().equals(gateway) && answer.by().equals(version))
                  .mapToLong(Answer::at)
                  .min()
                  .orElseThrow());
    }
    return Math.max(0, honoured - decided);
  }

  private static List<Answer> snapshot(List<Answer> answers) {
    synchronized (answers) {
      return List.copyOf(answers);
    }
  }

  private boolean seen(List<Answer> answers, URI gateway) {
    return snapshot(answers).stream()
        .anyMatch(answer -> answer.gateway().equals(gateway) && answer.by().equals(version));
  }

  private static void ask(URI gateway, List<Answer> answers, AtomicBoolean isOver) {
    URI infer = gateway.resolve("/v2/models/repeat-purchase/infer");
    for (int turn = 0; !isOver.get(); turn++) {
      try {
        HttpURLConnection asked = (HttpURLConnection) infer.toURL().openConnection();
        asked.setRequestMethod("POST");
        asked.setDoOutput(true);
        asked.getOutputStream().write(body(turn % CUSTOMERS).getBytes(StandardCharsets.UTF_8));
        int status = asked.getResponseCode();
        InputStream answer = status < 400 ? asked.getInputStream() : asked.getErrorStream();
        String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        Matcher by = MODEL_VERSION.matcher(text);
        answers.add(new Answer(System.currentTimeMillis(), gateway, status, by.find() ? by.group(1) : ""));
        if (status != 200) {
          System.err.println(infer + " answered " + status + ": " + text);
        }
      } catch (IOException e) {
        System.err.println(infer + " did not answer: " + e);
        answers.add(new Answer(System.currentTimeMillis(), gateway, 0, ""));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static String body(int customer) {
    StringBuilder inputs = new StringBuilder();
    for (String feature : FEATURES) {
      inputs.append("{\"name\":\"%s\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1.5]},".formatted(feature));
    }
    return "{\"inputs\":[" + inputs
        + "{\"name\":\"customer_id\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + customer + "\"]}]}";
  }

  private String post(String path, String body) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(web.resolve(path)).POST(BodyPublishers.ofString(body)));
  }

  private String get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(web.resolve(path)));
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    request.header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  private static Process serve(Path home, String postgres, int port) throws IOException {
    Path dist = Path.of(System.getProperty("airlock.dist", "dist"));
    ProcessBuilder builder =
        new ProcessBuilder(dist.resolve("airlock").toString(), "serve")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(
        Map.of(
            "AIRLOCK_HOME", Files.createTempDirectory("second-gateway").toString(),
            "AIRLOCK_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + postgres + "/airlock",
            "AIRLOCK_DATABASE_USER", "airlock_app",
            "AIRLOCK_DATABASE_PASSWORD_FILE", home.resolve("secrets/app.password").toString(),
            "AIRLOCK_ARTIFACTS", home.resolve("artifacts").toUri().toString(),
            "AIRLOCK_HTTP_PORT", Integer.toString(port)));
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static int status(URI uri) {
    try {
      return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(java.util.function.BooleanSupplier look) throws InterruptedException {
    for (int i = 0; !look.getAsBoolean(); i++) {
      if (i > 600) {
        throw new IllegalStateException("Waited a minute in vain.");
      }
      Thread.sleep(100);
    }
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("Expected " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
