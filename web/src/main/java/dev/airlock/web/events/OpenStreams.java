package dev.airlock.web.events;

import dev.airlock.store.People;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every stream that is open, and whose it is. A person holds so many and no more; and a stream ends
 * with the right to read it: within ten seconds after its session or token has ended, or its person
 * was disabled, with an event {@code signed-out}.
 */
final class OpenStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenStreams.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final byte[] SIGNED_OUT = EventWriter.event("signed-out", "{}", "");

  private final Supplier<Store> store;
  private final Duration idle;

  /** Each holds a connection for hours. */
  private final Allowance all = new Allowance(200, "streams of events");

  /** Each is read by itself: hardly anybody else looks for the same words. */
  private final Allowance filtered = new Allowance(20, "streams of filtered logs");

  private final Set<Open> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "open-streams");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * None is open yet.
   *
   * @param idle after how long without a request a session is over
   */
  OpenStreams(Supplier<Store> store, Duration idle) {
    this.store = store;
    this.idle = idle;
  }

  private record Open(Caller caller, Set<Permission> takes, EventWriter writer) {
    boolean isGood(Map<Long, Role> sessions, Map<Long, Role> tokens) {
      Role role =
          caller.session() == 0 ? tokens.get(caller.tokenId()) : sessions.get(caller.session());
      return role != null && takes.stream().allMatch(permission -> permission.isOf(role));
    }
  }

  void start() {
    long millis = LOOK_EVERY.toMillis();
    var unused = clock.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Answers a request with a stream.
   *
   * @param begin is handed the writer once it can be used
   * @throws ProblemException 429 where the person has too many
   */
  void open(Context ctx, Consumer<EventWriter> begin) {
    open(ctx, List.of(all), begin);
  }

  /**
   * The same for a stream of which a person may hold fewer.
   *
   * @throws ProblemException 429 where the person has too many
   */
  void openFiltered(Context ctx, Consumer<EventWriter> begin) {
    open(ctx, List.of(all, filtered), begin);
  }

  private void open(Context ctx, List<Allowance> allowances, Consumer<EventWriter> begin) {
    Caller caller = Caller.of(ctx);
    List<Allowance> taken = new ArrayList<>();
    AtomicBoolean isCounted = new AtomicBoolean(true);
    Runnable uncount =
        () -> {
          if (isCounted.getAndSet(false)) {
            taken.forEach(allowance -> allowance.giveBack(caller.name()));
          }
        };
    try {
      for (Allowance allowance : allowances) {
        allowance.take(ctx, caller.name());
        taken.add(allowance);
      }
      EventWriter.open(
          ctx,
          writer -> {
            Open open = new Open(caller, Permission.of(ctx.routeRoles()), writer);
            streams.add(open);
            writer.whenOver(
                () -> {
                  streams.remove(open);
                  uncount.run();
                });
            begin.accept(writer);
          });
    } catch (RuntimeException e) {
      uncount.run();
      throw e;
    }
  }

  /** One query for all sessions and one for all tokens, however many streams they hold. */
  private void look() {
    List<Open> open = List.copyOf(streams);
    if (open.isEmpty()) {
      return;
    }
    try {
      People people = store.get().people();
      Map<Long, Role> sessions = people.goodSessions(ids(open, Caller::session), idle);
      Map<Long, Role> tokens = people.goodTokens(ids(open, Caller::tokenId));
      open.stream()
          .filter(stream -> !stream.isGood(sessions, tokens))
          .forEach(stream -> stream.writer().closeWith(SIGNED_OUT));
    } catch (RuntimeException e) {
      LOG.debug("Whether streams may still be read is looked at later", e);
    }
  }

  private static long[] ids(List<Open> open, ToLongFunction<Caller> id) {
    return open.stream()
        .mapToLong(stream -> id.applyAsLong(stream.caller()))
        .filter(each -> each != 0)
        .distinct()
        .toArray();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
