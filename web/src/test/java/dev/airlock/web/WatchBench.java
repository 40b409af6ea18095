package dev.airlock.web;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.LogLevel;
import dev.airlock.store.NewLogLine;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A live run that changes twice a second and says four lines a second, 50 sessions of five people,
 * and 50 API requests a second over many routes, of which one in ten changes something: {@code
 * bench/watch [SECONDS] [SESSIONS] [REQUESTS]}. A third of the browsers follows the run, a third
 * one of its stages with its log, a third Home, in a database of 2,000 runs and ten live models. A
 * browser asks for the page anew as the page's script does. Requests are sent at their times
 * whether or not earlier ones were answered, and are measured from these times on. Those who ask
 * live in the process that answers, so they take their part of the cores.
 */
public final class WatchBench {
  private static final Duration CHANGE_EVERY = Duration.ofMillis(500);
  private static final Duration LINE_EVERY = Duration.ofMillis(250);
  private static final List<String> PEOPLE =
      List.of("engineer", "approver", "bob", "admin", "viewer");
  private static final Pattern LOGGED =
      Pattern.compile("data-log-source=\"([^\"]+)\" data-log-last=\"([0-9]+)\"");
  private static final Pattern FOLLOWED =
      Pattern.compile("data-follow=\"([^\"]+)\" data-seen=\"([^\"]+)\"");

  private final WebFixture web;
  private final long run;
  private final Queue<Double> pages = new ConcurrentLinkedQueue<>();
  private final Queue<Double> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicLong pageBytes = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger lines = new AtomicInteger();
  private final AtomicInteger logs = new AtomicInteger();
  private final AtomicBoolean isMeasured = new AtomicBoolean();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private final HttpClient api =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private WatchBench(WebFixture web, long run) {
    this.web = web;
    this.run = run;
  }

  public static void main(String[] arguments) {
    try {
      run(arguments);
      System.exit(0);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
    int people = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50;
    int perSecond = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 50;
    PostgresServer postgres = PostgresServer.temporary();
    try (WebFixture web = WebFixture.over(postgres)) {
      new Plenty(web, postgres).fill(new Plenty.Amount(10, 60, 2_000, 50, 20_000, 500, 3_600));
      web.scene.publish("watched");
      Scene.Play play = web.scene.play(web.scene.request("watched"));
      play.begin("orders", StageState.RUNNING);
      play.flush(RunState.RUNNING);
      new WatchBench(web, play.run.id()).measure(play, seconds, people, perSecond);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void measure(Scene.Play play, int seconds, int people, int perSecond) throws Exception {
    line(0);
    List<String> shown = List.of("/runs/" + run, "/runs/%d?stage=orders".formatted(run), "/");
    for (int i = 0; i < people; i++) {
      String person = PEOPLE.get(i % PEOPLE.size());
      new Browser(web.signedIn(person), shown.get(i % shown.size())).open();
    }
    AtomicInteger said = new AtomicInteger();
    clock.scheduleAtFixedRate(
        () -> line(said.incrementAndGet()),
        LINE_EVERY.toMillis(),
        LINE_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
    AtomicInteger sent = new AtomicInteger();
    long everyNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long start = System.nanoTime();
    clock.scheduleAtFixedRate(
        () -> request(start, sent.getAndIncrement(), everyNanos),
        0,
        everyNanos,
        TimeUnit.NANOSECONDS);
    AtomicInteger changes = new AtomicInteger();
    clock.scheduleAtFixedRate(
        () -> {
          boolean isOdd = changes.getAndIncrement() % 2 == 0;
          play.begin("orders", isOdd ? StageState.QUEUED : StageState.WAITING);
          play.flush(RunState.RUNNING);
        },
        CHANGE_EVERY.toMillis(),
        CHANGE_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
    // The first seconds of a process are those of its compiler.
    Thread.sleep(Duration.ofSeconds(20).toMillis());
    isMeasured.set(true);
    int before = changes.get();
    int toldBefore = told.get();
    int linesBefore = lines.get();
    System.out.println("load " + PagesBench.load());
    Thread.sleep(Duration.ofSeconds(seconds).toMillis());
    isMeasured.set(false);
    System.out.printf(
        "%d s, %d sessions of %d people, %d requests/s, %d changes, told %.0f times to each, %d lines to each of %d logs%n",
        seconds,
        people,
        PEOPLE.size(),
        perSecond,
        changes.get() - before,
        (told.get() - toldBefore) / (double) people,
        (lines.get() - linesBefore) / Math.max(1, logs.get()),
        logs.get());
    System.out.println("load " + PagesBench.load());
    say("API", requests);
    say("page", pages);
    System.out.printf(
        Locale.ROOT, "a page has %,d bytes%n", pageBytes.get() / Math.max(1, pages.size()));
    System.out.println(errors.isEmpty() ? "no error" : errors.size() + " errors: " + errors.peek());
  }

  private void line(int number) {
    web.store
        .logs()
        .keep(
            List.of(
                new NewLogLine(
                    run,
                    "orders",
                    1,
                    number + 1,
                    Instant.now(),
                    LogLevel.INFO,
                    "Read row " + number)));
  }

  private static void say(String what, Queue<Double> taken) {
    double[] millis = taken.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%-5s %6d answers, median %.1f ms, p99 %.1f ms, longest %.1f ms%n",
        what,
        millis.length,
        millis[millis.length / 2],
        millis[(int) (millis.length * 0.99)],
        millis[millis.length - 1]);
  }

  private void request(long start, int number, long everyNanos) {
    List<String> paths =
        List.of(
            "/runs/" + run,
            "/runs?limit=20",
            "/runs?state=failed&limit=20",
            "/runs/%d/stages/orders/logs".formatted(run),
            "/pipelines",
            "/approvals",
            "/models",
            "/models/plenty-1-00",
            "/datasets",
            "/alerts?limit=20",
            "/rollouts?limit=20",
            "/monitors?limit=20",
            "/experiments?limit=20",
            "/search?q=plenty",
            "/people");
    Http caller = web.client(PEOPLE.get(number % 3));
    boolean isChange = number % 10 == 9;
    HttpRequest.Builder request =
        isChange
            ? web.client("engineer")
                .request("/api/v1/runs/" + run)
                .header("Content-Type", "application/json")
                .method(
                    "PATCH",
                    HttpRequest.BodyPublishers.ofString("{\"note\":\"look " + number + "\"}"))
            : caller.request("/api/v1" + paths.get(number % paths.size())).GET();
    long due = start + number * everyNanos;
    boolean counts = isMeasured.get();
    var unused =
        api.sendAsync(request.build(), BodyHandlers.ofByteArray())
            .whenComplete((answer, failure) -> note(requests, due, counts, answer, failure));
  }

  private void note(
      Queue<Double> into,
      long since,
      boolean counts,
      HttpResponse<byte[]> answer,
      Throwable failure) {
    if (failure != null || answer.statusCode() != 200) {
      errors.add(failure != null ? failure.toString() : answer.uri() + " " + answer.statusCode());
    } else if (counts) {
      into.add((System.nanoTime() - since) / 1e6);
    }
  }

  /** What the script of a page does. */
  private final class Browser {
    private final Http session;
    private final String shown;
    private final AtomicBoolean isBusy = new AtomicBoolean();
    private final AtomicBoolean isStale = new AtomicBoolean();

    Browser(Http session, String shown) {
      this.session = session;
      this.shown = shown;
    }

    void open() throws Exception {
      String page =
          session
              .client()
              .send(session.request(shown).GET().build(), BodyHandlers.ofString())
              .body();
      Matcher matcher = FOLLOWED.matcher(page);
      if (!matcher.find()) {
        throw new IllegalStateException("The page follows nothing: " + page);
      }
      String events =
          "/events?topics=%s&since=%s"
              .formatted(matcher.group(1).replace("&#39;", ""), matcher.group(2));
      stream(
          events,
          line -> {
            if (line.equals("event: changed")) {
              told.incrementAndGet();
              refresh();
            }
          });
      Matcher log = LOGGED.matcher(page);
      if (log.find()) {
        logs.incrementAndGet();
        stream(
            log.group(1).replace("&amp;", "&") + "&after=" + log.group(2),
            line -> {
              if (line.equals("event: line")) {
                lines.incrementAndGet();
              }
            });
      }
    }

    private void stream(String path, Consumer<String> reader) {
      var unused =
          session
              .client()
              .sendAsync(
                  session.request(path).header("Accept", "text/event-stream").GET().build(),
                  BodyHandlers.fromLineSubscriber(new Lines(reader)))
              .whenComplete((answer, failure) -> errors.add("A stream has ended: " + failure));
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    void refresh() {
      isStale.set(true);
      if (isBusy.compareAndSet(false, true)) {
        long pause = 50 + ThreadLocalRandom.current().nextLong(350);
        clock.schedule(this::ask, pause, TimeUnit.MILLISECONDS);
      }
    }

    private void ask() {
      isStale.set(false);
      long began = System.nanoTime();
      boolean counts = isMeasured.get();
      var unused =
          session
              .client()
              .sendAsync(
                  session.request(shown).header("HX-Request", "true").GET().build(),
                  BodyHandlers.ofByteArray())
              .whenComplete(
                  (answer, failure) -> {
                    note(pages, began, counts, answer, failure);
                    if (counts && failure == null) {
                      pageBytes.addAndGet(answer.body().length);
                    }
                    isBusy.set(false);
                    if (isStale.get()) {
                      refresh();
                    }
                  });
    }
  }

  /** Takes each line of a stream as it comes. */
  private final class Lines implements Flow.Subscriber<String> {
    private final Consumer<String> reader;

    Lines(Consumer<String> reader) {
      this.reader = reader;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      reader.accept(line);
    }

    @Override
    public void onError(Throwable failure) {
      errors.add(failure.toString());
    }

    @Override
    public void onComplete() {}
  }
}
