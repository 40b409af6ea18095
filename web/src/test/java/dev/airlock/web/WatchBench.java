package dev.airlock.web;

import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A live run that changes twice a second, 50 people whose browsers follow it, and 50 API requests a
 * second, of which one in ten changes something: {@code bench/watch [SECONDS] [PEOPLE] [REQUESTS]}.
 * A browser asks for the page anew as the page's script does. Requests are sent at their times
 * whether or not earlier ones were answered, and are measured from these times on. Those who ask
 * live in the process that answers, so they take their part of the cores.
 */
public final class WatchBench {
  private static final Duration CHANGE_EVERY = Duration.ofMillis(500);
  private static final Pattern FOLLOWED =
      Pattern.compile("data-follow=\"([^\"]+)\" data-seen=\"([^\"]+)\"");

  private final WebFixture web;
  private final long run;
  private final Queue<Double> pages = new ConcurrentLinkedQueue<>();
  private final Queue<Double> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicLong pageBytes = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicBoolean isMeasured = new AtomicBoolean();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private final HttpClient api =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private WatchBench(WebFixture web, long run) {
    this.web = web;
    this.run = run;
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
    int people = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50;
    int perSecond = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 50;
    try (WebFixture web = WebFixture.start()) {
      web.scene.publish("watched");
      Scene.Play play = web.scene.play(web.scene.request("watched"));
      play.begin("orders", StageState.RUNNING);
      play.flush(RunState.RUNNING);
      new WatchBench(web, play.run.id()).measure(play, seconds, people, perSecond);
    }
    System.exit(0);
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void measure(Scene.Play play, int seconds, int people, int perSecond) throws Exception {
    List<Http> browsers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Http browser = web.browser();
      browser.signIn("engineer", "password of engineer");
      browsers.add(browser);
    }
    for (int i = 0; i < people; i++) {
      new Browser(browsers.get(i % browsers.size())).open();
    }
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
    Thread.sleep(Duration.ofSeconds(seconds).toMillis());
    isMeasured.set(false);
    System.out.printf(
        "%d s, %d people, %d requests/s, %d changes, of which each was told of %.0f%n",
        seconds,
        people,
        perSecond,
        changes.get() - before,
        (told.get() - toldBefore) / (double) people);
    say("API", requests);
    say("page", pages);
    System.out.printf(
        Locale.ROOT, "a page has %,d bytes%n", pageBytes.get() / Math.max(1, pages.size()));
    System.out.println(errors.isEmpty() ? "no error" : errors.size() + " errors: " + errors.peek());
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
    String[] paths = {
      "/api/v1/runs/" + run,
      "/api/v1/runs?limit=20",
      "/api/v1/pipelines",
      "/api/v1/approvals",
      "/api/v1/models"
    };
    boolean isChange = number % 10 == 9;
    HttpRequest.Builder request =
        isChange
            ? web.client("engineer")
                .request("/api/v1/runs/" + run)
                .header("Content-Type", "application/json")
                .method(
                    "PATCH",
                    HttpRequest.BodyPublishers.ofString("{\"note\":\"look " + number + "\"}"))
            : web.client("engineer").request(paths[number % paths.length]).GET();
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
    private final AtomicBoolean isBusy = new AtomicBoolean();
    private final AtomicBoolean isStale = new AtomicBoolean();

    Browser(Http session) {
      this.session = session;
    }

    void open() throws Exception {
      String page =
          session
              .client()
              .send(session.request("/runs/" + run).GET().build(), BodyHandlers.ofString())
              .body();
      Matcher matcher = FOLLOWED.matcher(page);
      if (!matcher.find()) {
        throw new IllegalStateException("The page follows nothing: " + page);
      }
      String events =
          "/events?topics=%s&since=%s"
              .formatted(matcher.group(1).replace("&#39;", ""), matcher.group(2));
      var unused =
          session
              .client()
              .sendAsync(
                  session.request(events).header("Accept", "text/event-stream").GET().build(),
                  BodyHandlers.fromLineSubscriber(new Lines(this)))
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
                  session.request("/runs/" + run).header("HX-Request", "true").GET().build(),
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
    private final Browser browser;

    Lines(Browser browser) {
      this.browser = browser;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      if (line.equals("event: changed")) {
        told.incrementAndGet();
        browser.refresh();
      }
    }

    @Override
    public void onError(Throwable failure) {
      errors.add(failure.toString());
    }

    @Override
    public void onComplete() {}
  }
}
