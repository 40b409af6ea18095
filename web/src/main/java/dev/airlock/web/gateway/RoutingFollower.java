package dev.airlock.web.gateway;

import dev.airlock.scoring.ScoringModel;
import dev.airlock.store.LiveRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the routing: loads what has become live and its candidate, lets both answer from one
 * moment on, and acknowledges the epoch once no request is answered by an earlier one. A candidate
 * that can't be loaded keeps nobody from an answer: the live version gives it. When PostgreSQL is
 * away, what was live last goes on answering.
 */
public final class RoutingFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingFollower.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(1);
  private static final Duration LEASE_TERM = Duration.ofSeconds(5);
  private static final Duration DRAIN_WITHIN = Duration.ofSeconds(5);
  private static final Duration TRY_CANDIDATE_EVERY = Duration.ofSeconds(2);

  private final String gateway;
  private final Routing routing;
  private final Function<String, byte[]> artifacts;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "routing-follower");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Map<String, LiveModel> live = Map.of();
  private volatile boolean everRead;
  private volatile @Nullable String trouble;
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, String> unusable = new ConcurrentHashMap<>();
  private final Map<String, Long> triedCandidate = new HashMap<>();
  private Instant renewed = Instant.EPOCH;

  /**
   * Follows nothing yet: see {@link #start}.
   *
   * @param artifacts gives the bytes of a digest
   */
  public RoutingFollower(String gateway, Routing routing, Function<String, byte[]> artifacts) {
    this.gateway = gateway;
    this.routing = routing;
    this.artifacts = artifacts;
  }

  /** Looks at once and from then on five times a second. */
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    clock.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks as soon as it can, since something may have changed. */
  public void lookNow() {
    try {
      clock.execute(this::look);
    } catch (RejectedExecutionException e) {
      LOG.debug("The follower has been closed", e);
    }
  }

  /** Whether the routing has been read since the start. */
  public boolean isReady() {
    return everRead;
  }

  /** Why the routing can't be read right now, or null. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** What can't be loaded of any model, or null. */
  public @Nullable String unusable() {
    return unusable.isEmpty()
        ? null
        : new TreeMap<>(unusable)
            .entrySet().stream()
                .map(model -> model.getKey() + " " + model.getValue())
                .collect(Collectors.joining(" "));
  }

  /** Why the model's live version, or its candidate, can't be served; or null. */
  @Nullable String whyUnusable(String model) {
    return unusable.get(model);
  }

  /** The live version without the intent to let it answer. */
  @Nullable LiveModel peek(String model) {
    return live.get(model);
  }

  /**
   * The live version, entered: {@link LiveModel#leave} it once the answer is out. Null where none
   * is live.
   */
  @Nullable LiveModel enter(String model) {
    while (true) {
      LiveModel current = live.get(model);
      if (current == null) {
        return null;
      }
      current.enter();
      if (live.get(model) == current) {
        return current;
      }
      current.leave();
    }
  }

  private void look() {
    try {
      renewLease();
      List<LiveRoute> routes = routing.live();
      routes.forEach(this::follow);
      everRead = true;
      if (trouble != null) {
        LOG.info("The routing can be read again");
        trouble = null;
      }
    } catch (RuntimeException e) {
      if (trouble == null) {
        LOG.warn("The routing can't be read; what was live last goes on answering", e);
      }
      trouble = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
      renewed = Instant.EPOCH;
    }
  }

  private void renewLease() {
    Instant now = Instant.now();
    if (Duration.between(renewed, now).compareTo(RENEW_EVERY) >= 0) {
      routing.renewLease(gateway, LEASE_TERM);
      renewed = now;
    }
  }

  private void follow(LiveRoute route) {
    LiveModel before = live.get(route.model());
    if (before == null || before.route().epoch() < route.epoch()) {
      if (!load(route, before)) {
        return;
      }
    } else if (before.lacksCandidate()) {
      tryCandidateAgain(before);
    }
    if (!Objects.equals(acknowledged.get(route.model()), route.epoch())) {
      routing.acknowledge(gateway, route.model(), route.epoch());
      acknowledged.put(route.model(), route.epoch());
    }
  }

  private boolean load(LiveRoute route, @Nullable LiveModel before) {
    ScoringModel model;
    try {
      model = model(route.artifactDigest(), before);
    } catch (RuntimeException e) {
      report(route, cannotBeLoaded(route.version(), route.artifactDigest(), e), e);
      return false;
    }
    unusable.remove(route.model());
    swap(new LiveModel(route, model, candidate(route, before)), before);
    return true;
  }

  private static String cannotBeLoaded(@Nullable Integer version, String digest, Exception e) {
    return "version %s (artifact %s) can't be loaded: %s"
        .formatted(version, digest, e.getMessage());
  }

  private void report(LiveRoute route, String why, Exception e) {
    if (!why.equals(unusable.put(route.model(), why))) {
      LOG.error("{} {}", route.model(), why, e);
    }
  }

  /** Null where there is none, or where it can't be loaded: the live version goes on then. */
  private @Nullable ScoringModel candidate(LiveRoute route, @Nullable LiveModel before) {
    String digest = route.candidateDigest();
    if (digest == null) {
      return null;
    }
    triedCandidate.put(route.model(), System.nanoTime());
    try {
      ScoringModel candidate = model(digest, before);
      unusable.remove(route.model());
      return candidate;
    } catch (RuntimeException e) {
      String why = cannotBeLoaded(route.candidate(), digest, e);
      report(route, why + " Version " + route.version() + " answers for it.", e);
      return null;
    }
  }

  private void tryCandidateAgain(LiveModel before) {
    long last = triedCandidate.getOrDefault(before.route().model(), 0L);
    if (System.nanoTime() - last < TRY_CANDIDATE_EVERY.toNanos()) {
      return;
    }
    ScoringModel candidate = candidate(before.route(), before);
    if (candidate != null) {
      swap(new LiveModel(before.route(), before.model(), candidate), before);
    }
  }

  /** What one epoch has loaded serves the next: a shift of the split reads nothing. */
  private ScoringModel model(String digest, @Nullable LiveModel before) {
    if (before != null) {
      ScoringModel candidate = before.candidate();
      if (digest.equals(before.route().artifactDigest())) {
        return before.model();
      }
      if (candidate != null && digest.equals(before.route().candidateDigest())) {
        return candidate;
      }
    }
    return ScoringModel.read(artifacts.apply(digest));
  }

  private void swap(LiveModel next, @Nullable LiveModel before) {
    Map<String, LiveModel> changed = new HashMap<>(live);
    changed.put(next.route().model(), next);
    live = Map.copyOf(changed);
    LOG.info(
        "{} version {} is live here since epoch {}, {} % of customers meet version {}",
        next.route().model(),
        next.route().version(),
        next.route().epoch(),
        next.isSplit() ? next.route().weight() : 100,
        next.isSplit() ? next.route().candidate() : next.route().version());
    if (before != null) {
      drain(before);
    }
  }

  private static void drain(LiveModel before) {
    long deadline = System.nanoTime() + DRAIN_WITHIN.toNanos();
    while (!before.isIdle() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(200_000);
    }
  }

  /** The models that answer, with their versions, for readiness. */
  public Map<String, Integer> serving() {
    return live.values().stream()
        .map(LiveModel::route)
        .collect(Collectors.toMap(LiveRoute::model, LiveRoute::version));
  }

  /** Stops looking, and gives the lease back so that nobody waits for this gateway. */
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      if (clock.awaitTermination(2, TimeUnit.SECONDS)) {
        routing.endLease(gateway);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.info("The lease was not given back; it ends by itself within {}", LEASE_TERM, e);
    }
  }
}
