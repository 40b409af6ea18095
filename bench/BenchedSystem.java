import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A running Airlock, as a benchmark uses it: by its REST API, as one of its people. */
final class BenchedSystem {

  private static final Duration PUBLISHING = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path home;
  private final URI web;

  BenchedSystem(Path home) throws IOException {
    this.home = home.toRealPath();
    this.web = URI.create(found(state(), "\"url\"\\s*:\\s*\"([^\"]+)"));
  }

  Path home() {
    return home;
  }

  /** The port of one of its processes: {@code postgres}, {@code temporal}, {@code web}. */
  int port(String process) throws IOException {
    return Integer.parseInt(found(state(), ofProcess(process, "port")));
  }

  /** The process id of one of its processes. */
  long pid(String process) throws IOException {
    return Long.parseLong(found(state(), ofProcess(process, "pid")));
  }

  /** Starts a run; answers its id. */
  long trigger(String pipeline) throws IOException, InterruptedException {
    String answer = post("engineer", "/api/v1/pipelines/" + pipeline + "/runs", "{}");
    return Long.parseLong(found(answer, "\"id\"\\s*:\\s*(\\d+)"));
  }

  /** Waits for the end of a pipeline's newest run; answers its row. */
  String awaitRun(String pipeline, long id, Duration patience)
      throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(patience);
    while (Instant.now().isBefore(deadline)) {
      String head = get("/api/v1/runs?limit=1&pipeline=" + pipeline);
      if (!head.contains("\"id\":" + id + ",")) {
        throw new IllegalStateException("Run " + id + " is not the newest: " + head);
      }
      if (head.contains("\"state\":\"succeeded\"")) {
        return head;
      }
      if (head.contains("\"state\":\"failed\"") || head.contains("\"state\":\"cancelled\"")) {
        throw new IllegalStateException(head);
      }
      Thread.sleep(200);
    }
    throw new IllegalStateException("Run " + id + " has not ended.");
  }

  String get(String path) throws IOException, InterruptedException {
    return send(request("engineer", path).build());
  }

  String post(String who, String path, String json) throws IOException, InterruptedException {
    return send(
        request(who, path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(request.uri() + ": " + answer.body());
    }
    return answer.body();
  }

  private HttpRequest.Builder request(String who, String path) throws IOException {
    String account = Files.readString(home.resolve("users/" + who + ".json"));
    String token = found(account, "\"token\"\\s*:\\s*\"([^\"]+)");
    return HttpRequest.newBuilder(web.resolve(path)).header("Authorization", "Bearer " + token);
  }

  /**
   * Compiles a file of this folder and drops it, as a jar, into the folder that the worker looks
   * into; returns once the pipeline can be started.
   *
   * @param files beside the classes, from this folder
   */
  void publish(String source, String pipeline, Path... files) throws Exception {
    Path folder = Files.createTempDirectory("bench");
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                folder.resolve("classes").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "bench" + File.separator + source + ".java");
    if (result != 0) {
      throw new IllegalStateException(source + " does not compile.");
    }
    Path jar = folder.resolve("pipelines.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream content = new JarOutputStream(out);
        Stream<Path> classes = Files.list(folder.resolve("classes"))) {
      List<Path> all = new ArrayList<>(classes.toList());
      all.addAll(List.of(files));
      for (Path path : all) {
        content.putNextEntry(new JarEntry(path.getFileName().toString()));
        content.write(Files.readAllBytes(path));
      }
    }
    Path target = Files.createDirectories(home.resolve("pipelines")).resolve(source + ".jar");
    Files.move(jar, target, StandardCopyOption.REPLACE_EXISTING);
    Instant deadline = Instant.now().plus(PUBLISHING);
    while (!get("/api/v1/pipelines").contains("\"" + pipeline + "\"")) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("Not published: " + get("/api/v1/pipelines"));
      }
      Thread.sleep(200);
    }
  }

  static Instant time(String json, String name) {
    return Instant.parse(found(json, "\"" + name + "\":\"([^\"]+)"));
  }

  static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("Expected " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  private String state() throws IOException {
    return Files.readString(home.resolve("state.json"));
  }

  private static String ofProcess(String process, String what) {
    return "\"" + process + "\"\\s*:\\s*\\{[^}]*\"" + what + "\"\\s*:\\s*(\\d+)";
  }
}
