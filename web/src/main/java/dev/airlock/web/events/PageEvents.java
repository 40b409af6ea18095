package dev.airlock.web.events;

import dev.airlock.store.Changes;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /events?topics=…}: tells a page that something it shows has changed, with an event
 * {@code changed}, and every few seconds that it still listens, with an event {@code beat}. What
 * changed it does not say: the page asks for itself anew.
 *
 * <p>Each event's id says how far this process had counted. A page names the count at which it was
 * read in {@code since}, and a stream that broke off its last one, so no change falls between.
 */
public final class PageEvents implements AutoCloseable {
  private static final int MOST_TOPICS = 20;
  private static final int MOST_READERS = 2_000;
  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration BEAT_EVERY = Duration.ofSeconds(10);

  /** A page is told at most so often of one thing, such as {@code run:12}. */
  private static final long PAUSE_NANOS = Duration.ofMillis(400).toNanos();

  /** A page is told at most so often of a whole list, such as {@code runs}. */
  private static final long LONG_PAUSE_NANOS = Duration.ofMillis(1_500).toNanos();

  private static final long FOR_EACH_NANOS = Duration.ofMillis(12).toNanos();
  private static final long MOST_FOR_CROWD_NANOS = Duration.ofSeconds(3).toNanos();

  private static final Pattern TOPIC = Pattern.compile("[a-z]+(:[^,\\s]{1,200})?");
  private static final String READ_AT = "airlock.readAt";

  private final String process = UUID.randomUUID().toString().substring(0, 8);
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "page-events");
            thread.setDaemon(true);
            return thread;
          });

  /** At which count each topic changed last, those first that have been still for longest. */
  private final Map<String, Long> changes = new LinkedHashMap<>();

  private long count;

  /** Changes up to this count may have been forgotten. */
  private long forgotten;

  private final OpenStreams streams;

  PageEvents(OpenStreams streams) {
    this.streams = streams;
  }

  void start() {
    long beat = BEAT_EVERY.toMillis();
    var unused =
        clock.scheduleWithFixedDelay(
            () -> readers.forEach(Reader::beat), beat, beat, TimeUnit.MILLISECONDS);
  }

  void listenTo(Changes told) {
    told.subscribe(Changes.RUN, run -> heard(run, "run:" + run, "runs"));
    told.subscribe(Changes.ROLLOUT, rollout -> heard(rollout, "rollout:" + rollout, "rollouts"));
    told.subscribe(Changes.ROUTING, model -> heard(model, "model:" + model, "models"));
    told.subscribe(Changes.APPROVAL, approval -> heard(approval, "approvals"));
    told.subscribe(Changes.LIST, table -> heard(table, list(table)));
    told.subscribe(Changes.ALERT, model -> heard(model, "model:" + model, "alerts"));
  }

  private static String list(String table) {
    return switch (table) {
      case "pipeline", "publication" -> "pipelines";
      case "pool" -> "pools";
      case "dataset_version" -> "datasets";
      case "model_version" -> "models";
      case "monitor", "monitor_check", "monitor_window" -> "monitors";
      default -> table;
    };
  }

  private void heard(String word, String... topics) {
    if (word.equals(Changes.EVERYTHING)) {
      everything();
    } else {
      changed(topics);
    }
  }

  /** Something changed; for changes that PostgreSQL does not tell of, or not soon enough. */
  public void changed(String... topics) {
    synchronized (changes) {
      count++;
      for (String topic : topics) {
        changes.remove(topic);
        changes.put(topic, count);
      }
      if (changes.size() > MOST_REMEMBERED) {
        String stillest = changes.keySet().iterator().next();
        forgotten = Math.max(forgotten, changes.remove(stillest));
      }
    }
    for (Reader reader : readers) {
      reader.hear(topics);
    }
  }

  private void everything() {
    synchronized (changes) {
      count++;
      forgotten = count;
      changes.clear();
    }
    readers.forEach(reader -> reader.makeDue(LONG_PAUSE_NANOS));
  }

  /** Notes, before anything is read for a page, how far was counted. */
  public void note(Context ctx) {
    ctx.attribute(READ_AT, mark());
  }

  /** How far was counted before the page was read. */
  public static String readAt(Context ctx) {
    String mark = ctx.attribute(READ_AT);
    return mark == null ? "" : mark;
  }

  /** The newest change of any of the topics. */
  long count(String... topics) {
    synchronized (changes) {
      long newest = forgotten;
      for (String topic : topics) {
        newest = Math.max(newest, changes.getOrDefault(topic, 0L));
      }
      return newest;
    }
  }

  private String mark() {
    synchronized (changes) {
      return process + "-" + count;
    }
  }

  /** {@code GET /events}. */
  public void serve(Context ctx) {
    Set<String> topics = topics(Query.text(ctx, "topics"));
    if (readers.size() >= MOST_READERS) {
      throw ProblemException.unavailable(
          "%d pages follow already, which is the most. Reload the page later."
              .formatted(MOST_READERS));
    }
    String broke = ctx.header("Last-Event-ID");
    String since = broke == null || broke.isBlank() ? Query.text(ctx, "since") : broke;
    streams.open(ctx, writer -> begin(new Reader(writer, topics), since));
  }

  private static Set<String> topics(@Nullable String text) {
    Set<String> topics =
        text == null
            ? Set.of()
            : Arrays.stream(text.split(",")).map(String::strip).collect(Collectors.toSet());
    if (topics.isEmpty()
        || topics.size() > MOST_TOPICS
        || !topics.stream().allMatch(topic -> TOPIC.matcher(topic).matches())) {
      throw ProblemException.badRequest(
          "topics is '%s', expected 1 to %d such as runs,run:12 with commas between."
              .formatted(text == null ? "" : text, MOST_TOPICS));
    }
    return topics;
  }

  private void begin(Reader reader, @Nullable String since) {
    readers.add(reader);
    reader.writer.whenOver(() -> readers.remove(reader));
    reader.beat();
    if (since != null && hasChanged(reader.topics, since)) {
      reader.makeDue(PAUSE_NANOS);
    }
  }

  /** Of a count of another process, or of none, nothing is known: then it has. */
  private boolean hasChanged(Set<String> topics, String since) {
    if (!since.startsWith(process + "-")) {
      return true;
    }
    long seen;
    try {
      seen = Long.parseLong(since.substring(process.length() + 1));
    } catch (NumberFormatException e) {
      return true;
    }
    synchronized (changes) {
      return seen < forgotten
          || topics.stream().anyMatch(topic -> changes.getOrDefault(topic, 0L) > seen);
    }
  }

  /** A page that follows. */
  private final class Reader {
    private final EventWriter writer;
    private final Set<String> topics;
    private boolean isDue;
    private long toldAt = System.nanoTime() - LONG_PAUSE_NANOS;

    Reader(EventWriter writer, Set<String> topics) {
      this.writer = writer;
      this.topics = topics;
    }

    void hear(String[] changed) {
      for (String topic : changed) {
        if (topics.contains(topic)) {
          makeDue(topic.contains(":") ? PAUSE_NANOS : LONG_PAUSE_NANOS);
          return;
        }
      }
    }

    synchronized void makeDue(long pause) {
      if (!isDue && !clock.isShutdown()) {
        isDue = true;
        long wait = Math.max(0, toldAt + pause + crowd() - System.nanoTime());
        var unused = clock.schedule(this::tell, wait, TimeUnit.NANOSECONDS);
      }
    }

    /** The more pages follow, the less often each asks anew. */
    private long crowd() {
      return Math.min(MOST_FOR_CROWD_NANOS, readers.size() * FOR_EACH_NANOS);
    }

    private void tell() {
      synchronized (this) {
        isDue = false;
        toldAt = System.nanoTime();
      }
      writer.send(EventWriter.event("changed", "{}", mark()));
    }

    /** Its id is that of what was told: what is due is not yet. */
    synchronized void beat() {
      writer.send(EventWriter.event("beat", "{}", isDue ? "" : mark()));
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    readers.forEach(reader -> reader.writer.close());
  }
}
