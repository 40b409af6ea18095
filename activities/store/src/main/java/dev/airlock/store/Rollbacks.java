package dev.airlock.store;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Commands to go back to a version that was live before under an approval that was not revoked
 * since. While a rollout is under way, or written down and about to begin, the way back without a
 * version is its abort: all traffic to the champion. Commands are carried out in their order, so
 * the rollout has begun by then.
 */
final class Rollbacks {

  private Rollbacks() {}

  static CommandRequest request(
      Handle handle, String model, @Nullable Integer toVersion, Acting acting, String reason) {
    Optional<LiveRoute> live = handle.attach(Models.class).live(model);
    if (live.isEmpty()) {
      throw new UnknownEntityException("Nothing is live of a model " + model + ".");
    }
    boolean isRollingOut = isRollingOut(handle, live.get());
    if (toVersion == null && isRollingOut) {
      return post(handle, model, live.get().version(), acting, reason);
    }
    Optional<Integer> target =
        toVersion == null
            ? before(handle, live.get())
            : wasLive(handle, model, toVersion)
                .filter(version -> mayGoBack(handle, live.get(), version));
    if (target.isEmpty()) {
      return new CommandRequest.Forbidden(objection(handle, live.get(), toVersion));
    }
    if (target.get() == live.get().version() && !isRollingOut) {
      return new CommandRequest.Conflict(
          "Version %d of %s is live already.".formatted(target.get(), model));
    }
    return post(handle, model, target.get(), acting, reason);
  }

  private static boolean isRollingOut(Handle handle, LiveRoute live) {
    return handle
        .createQuery(
            """
            select exists (
                select from rollout where model = :model and state in ('progressing', 'paused'))
              or exists (
                select from model_command as c
                where c.model = :model and c.version <> :live and c.canary is not null
                  and c.outcome is null
                  and not exists (select from rollout as o where o.command_id = c.id))
            """)
        .bind("model", live.model())
        .bind("live", live.version())
        .mapTo(Boolean.class)
        .one();
  }

  /**
   * Away from a version that is bad although it is live, whatever else is under way.
   *
   * @param version the bad one
   */
  static CommandRequest awayFrom(
      Handle handle, String model, int version, Acting acting, String reason) {
    Optional<LiveRoute> live = handle.attach(Models.class).live(model);
    if (live.isEmpty() || live.get().version() != version) {
      return new CommandRequest.Conflict(
          "Version %d of %s is live no more.".formatted(version, model));
    }
    return before(handle, live.get())
        .map(target -> post(handle, model, target, acting, reason))
        .orElseGet(() -> new CommandRequest.Forbidden(objection(handle, live.get(), null)));
  }

  private static CommandRequest post(
      Handle handle, String model, int version, Acting acting, String reason) {
    long id = insert(handle, model, version, acting, reason);
    CommandAudit.commanded(handle, id, acting);
    Outbox.post(handle, OutboxKind.MODEL_COMMAND, id);
    return new CommandRequest.Recorded(id);
  }

  private static String objection(Handle handle, LiveRoute live, @Nullable Integer toVersion) {
    if (toVersion == null) {
      List<Integer> former = former(handle, live);
      return former.isEmpty()
          ? "No version of %s was live before version %d.".formatted(live.model(), live.version())
          : "There is no way back from version %d of %s: of all that were live before it, the approval was revoked. %s Have one approved again, or roll another version out."
              .formatted(
                  live.version(),
                  live.model(),
                  former.stream()
                      .flatMap(version -> revocation(handle, live.model(), version).stream())
                      .map(Rollbacks::revoked)
                      .collect(Collectors.joining(" ")));
    }
    return revocation(handle, live.model(), toVersion)
        .filter(approval -> wasLive(handle, live.model(), toVersion).isPresent())
        .map(
            approval ->
                "Version %d of %s is no way back. %s Name another version that was live, or have this one approved again."
                    .formatted(toVersion, live.model(), revoked(approval)))
        .orElseGet(
            () ->
                "Version %d of %s was never live: there is no way back to it."
                    .formatted(toVersion, live.model()));
  }

  private static String revoked(Approval approval) {
    return "Approval %d of version %d was revoked by %s: %s."
        .formatted(
            approval.id(),
            approval.version(),
            approval.revokedBy(),
            Objects.requireNonNull(approval.revokedBecause()).replaceFirst("[.\\s]+$", ""));
  }

  /** The newest approval that let the version pass, where it was revoked since. */
  static Optional<Approval> revocation(Handle handle, String model, int version) {
    return handle.attach(Approvals.class).revocation(model, version);
  }

  /** All traffic to what is live, which ends a rollout, is no way back: it may stay. */
  private static boolean mayGoBack(Handle handle, LiveRoute live, int version) {
    return version == live.version() || revocation(handle, live.model(), version).isEmpty();
  }

  /**
   * What was live just before the current version became live for the first time, and still may be.
   */
  private static Optional<Integer> before(Handle handle, LiveRoute live) {
    return former(handle, live).stream()
        .filter(version -> mayGoBack(handle, live, version))
        .findFirst();
  }

  /** The versions that were live before the current one first was, the last one first. */
  private static List<Integer> former(Handle handle, LiveRoute live) {
    return handle
        .createQuery(
            """
            select version from alias_history
            where model = :model and epoch < (
              select min(epoch) from alias_history where model = :model and version = :version)
            group by version order by max(epoch) desc
            """)
        .bind("model", live.model())
        .bind("version", live.version())
        .mapTo(Integer.class)
        .list();
  }

  private static Optional<Integer> wasLive(Handle handle, String model, int version) {
    return handle
        .createQuery(
            """
            select distinct version from alias_history
            where model = :model and version = :version
            """)
        .bind("model", model)
        .bind("version", version)
        .mapTo(Integer.class)
        .findOne();
  }

  private static long insert(
      Handle handle, String model, int version, Acting acting, String reason) {
    return handle
        .createQuery(
            """
            insert into model_command (kind, model, version, requested_by, reason)
            values ('rollback', :model, :version, :by, :reason)
            returning id
            """)
        .bind("model", model)
        .bind("version", version)
        .bind("by", acting.actor())
        .bind("reason", reason)
        .mapTo(Long.class)
        .one();
  }
}
