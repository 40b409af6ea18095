package dev.airlock.web.session;

import dev.airlock.store.AuditAction;
import dev.airlock.store.Store;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in the audit who wanted to change something without the right to. */
final class RefusedRequests {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedRequests.class);
  private static final Set<HandlerType> HARMLESS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  private RefusedRequests() {}

  /** Keeps it, unless it would have changed nothing. The request is refused in any case. */
  static void keep(Supplier<Store> store, Context ctx, Caller caller, Permission wanted) {
    if (!HARMLESS.contains(ctx.method())) {
      record(
          store,
          ctx,
          caller,
          Map.of("takes", wanted.word(), "role", caller.person().role().word()));
    }
  }

  /** The same, where it is not the role that hinders. */
  static void keep(Supplier<Store> store, Context ctx, Caller caller, String because) {
    if (!HARMLESS.contains(ctx.method())) {
      record(store, ctx, caller, Map.of("because", because));
    }
  }

  /** Keeps that somebody asks too often, whatever they asked for. */
  static void keepFlood(Supplier<Store> store, Context ctx, Caller caller) {
    record(store, ctx, caller, Map.of("because", "too many requests a second"));
  }

  private static void record(
      Supplier<Store> store, Context ctx, Caller caller, Map<String, String> details) {
    try {
      store
          .get()
          .audit()
          .record(
              caller
                  .acting(ctx)
                  .did(AuditAction.REFUSE_REQUEST, "route", ctx.method() + " " + ctx.path())
                  .after(details));
    } catch (RuntimeException e) {
      LOG.warn("A refused request of {} is not in the audit: {}", caller.name(), e.toString());
    }
  }
}
