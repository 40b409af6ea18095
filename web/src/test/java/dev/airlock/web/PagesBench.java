package dev.airlock.web;

import dev.airlock.local.PostgresServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long each page takes, and how much it weighs, in a database of months: {@code bench/pages
 * [RUNS] [ROUNDS]}. Every page of the route table is asked for, and lists with their filters and
 * second pages; beside each, in turns, a route that does nothing. The process that serves and the
 * one that asks are the same, so what is measured is more than what a browser waits for.
 */
public final class PagesBench {
  private static final int MODELS = 20;
  private static final int WINDOWS = 600;
  private static final int EACH = 300;
  private static final int LINES = 1_000_000;
  private static final int CHANGES = 10_000;
  private static final int WEEK = 7 * 24 * 3_600;
  private static final int WARM_UP = 10;
  private static final double MOST_MILLIS = 200;
  private static final int MOST_BYTES = 1_000_000;
  private static final String NOTHING = "/api/v1/health";
  private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"");

  private final Http browser;
  private final Map<String, Integer> assets = new LinkedHashMap<>();

  private PagesBench(Http browser) {
    this.browser = browser;
  }

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    PostgresServer postgres = PostgresServer.temporary();
    try (WebFixture web = WebFixture.over(postgres)) {
      Plenty plenty = new Plenty(web, postgres);
      long began = System.nanoTime();
      plenty.fill(new Plenty.Amount(MODELS, WINDOWS, runs, EACH, LINES, CHANGES, WEEK));
      System.out.printf(
          "%,d runs, %d live models with %,d windows each, %,d lines, a rollout of %,d seconds, %d of each other thing: filled in %.0f s%n",
          runs, MODELS, WINDOWS * 3, LINES, WEEK, EACH, (System.nanoTime() - began) / 1e9);
      Http browser = web.signedIn("admin");
      new PagesBench(browser).measure(paths(plenty), rounds);
    }
    System.exit(0);
  }

  /** Each page once, and each list as its filters and its second page show it. */
  private static List<String> paths(Plenty plenty) {
    List<String> paths = new ArrayList<>(plenty.pages().values());
    String name = plenty.place("name");
    paths.addAll(
        List.of(
            "/runs/" + plenty.place("middle"),
            "/runs?state=failed",
            "/runs?pipeline=" + name,
            "/runs?pipeline=" + name + "&state=failed",
            "/runs?tag=nightly",
            "/logs?q=customer",
            "/logs?q=nothing-like-it",
            "/logs?level=warn&pipeline=" + name,
            "/audit?actor=engineer",
            "/audit?action=cancel-run",
            "/audit?action=sign-policy",
            "/experiments?pipeline=" + name,
            "/experiments?sort=metric.auc&order=desc",
            "/experiments?pipeline=" + name + "&sort=metric.auc&order=desc",
            "/experiments?sort=took&order=desc",
            "/alerts?state=closed",
            "/approvals?state=rejected",
            "/api/v1/runs",
            "/api/v1/runs?state=failed",
            "/api/v1/runs/" + plenty.place("run"),
            "/api/v1/pipelines",
            "/api/v1/approvals",
            "/api/v1/models",
            "/api/v1/datasets",
            "/api/v1/rollouts",
            "/api/v1/rollouts/" + plenty.place("rollout"),
            "/api/v1/alerts",
            "/api/v1/monitors",
            "/api/v1/audit",
            "/api/v1/experiments",
            "/api/v1/logs?q=customer"));
    return paths;
  }

  private void measure(List<String> paths, int rounds) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(paths);
    for (String path : paths) {
      next(path).ifPresent(all::add);
    }
    for (int i = 0; i < WARM_UP; i++) {
      for (String path : all) {
        ask(path);
      }
    }
    double[] bare = new double[rounds * all.size()];
    List<String> slow = new ArrayList<>();
    List<String> heavy = new ArrayList<>();
    System.out.printf("load %s%n", load());
    System.out.printf("%-64s %8s %8s %9s%n", "page", "median", "p99", "bytes");
    for (int p = 0; p < all.size(); p++) {
      String path = all.get(p);
      double[] millis = new double[rounds];
      int bytes = 0;
      for (int i = 0; i < rounds; i++) {
        long began = System.nanoTime();
        ask(NOTHING);
        bare[p * rounds + i] = (System.nanoTime() - began) / 1e6;
        began = System.nanoTime();
        String body = ask(path);
        millis[i] = (System.nanoTime() - began) / 1e6;
        bytes = weight(body);
      }
      Arrays.sort(millis);
      String verdict = "";
      if (at(millis, 0.99) > MOST_MILLIS) {
        slow.add(path);
        verdict += "  SLOW";
      }
      if (bytes > MOST_BYTES) {
        heavy.add(path);
        verdict += "  HEAVY";
      }
      System.out.printf(
          Locale.ROOT,
          "%-64s %5.1f ms %5.1f ms %,9d%s%n",
          path,
          at(millis, 0.5),
          at(millis, 0.99),
          bytes,
          verdict);
    }
    Arrays.sort(bare);
    System.out.printf(
        Locale.ROOT,
        "%-64s %5.1f ms %5.1f ms%n",
        NOTHING + ", in turns with each",
        at(bare, 0.5),
        at(bare, 0.99));
    System.out.printf("load %s%n", load());
    System.out.printf(
        Locale.ROOT,
        "%d pages: %s; %s%n",
        all.size(),
        slow.isEmpty()
            ? "each p99 under %.0f ms".formatted(MOST_MILLIS)
            : "p99 over %.0f ms: %s".formatted(MOST_MILLIS, slow),
        heavy.isEmpty() ? "each under 1 MB with all its parts" : "over 1 MB: " + heavy);
  }

  private static double at(double[] sorted, double part) {
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * part)];
  }

  /** Of a page with the styles and scripts that it names, as a browser without a cache fetches. */
  private int weight(String body) throws IOException, InterruptedException {
    int bytes = body.getBytes(StandardCharsets.UTF_8).length;
    Matcher asset = ASSET.matcher(body);
    while (asset.find()) {
      String path = asset.group(1);
      if (!assets.containsKey(path)) {
        assets.put(path, ask(path).length());
      }
      bytes += assets.get(path);
    }
    return bytes;
  }

  /** The second page of a list, where it has one. */
  private Optional<String> next(String path) throws IOException, InterruptedException {
    if (path.startsWith("/api")) {
      return Optional.empty();
    }
    Matcher more = Pattern.compile("href=\"([^\"#]*cursor=[^\"#]+)").matcher(ask(path));
    return more.find() ? Optional.of(more.group(1).replace("&amp;", "&")) : Optional.empty();
  }

  private String ask(String path) throws IOException, InterruptedException {
    HttpRequest request = browser.request(path).GET().build();
    HttpClient client = browser.client();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.statusCode());
    }
    return answer.body();
  }

  static String load() throws IOException {
    Path file = Path.of("/proc/loadavg");
    return Files.exists(file)
        ? Files.readString(file).strip()
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores"
        : "unknown";
  }
}
