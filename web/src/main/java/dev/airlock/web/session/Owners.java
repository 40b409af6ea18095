package dev.airlock.web.session;

import dev.airlock.store.Ownership;
import dev.airlock.store.Role;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Permission;
import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps a pipeline's steering in its owners' hands: where its owner is a team or a person that is
 * known here, a run of it is started, steered, cancelled, resumed or paused by a member, or by an
 * admin. Where the owner is nobody known, any engineer may. Pages ask here as well, so that nobody
 * is shown a button that would be refused.
 */
public final class Owners {
  private static final Set<Permission> THEIRS =
      Set.of(Permission.START, Permission.STEER_RUN, Permission.PAUSE);
  private static final Pattern PLACE =
      Pattern.compile("(?:/api/v1)?/(pipelines|runs|backfills)/([^/]+)(?:/.*)?");

  private Owners() {}

  /** Whether the caller may do this to the pipeline or its runs. */
  public static boolean mayOperate(
      Ownership ownership, Caller caller, Permission wanted, String pipeline) {
    return caller.may(wanted) && foreignOwner(ownership, caller, wanted, pipeline).isEmpty();
  }

  /** Those pipelines, of all there are, that are in other hands: to look at many at once. */
  public static Set<String> foreignPipelines(Ownership ownership, Caller caller) {
    return isAdmin(caller) ? Set.of() : ownership.foreignPipelines(caller.name());
  }

  /**
   * Lets owners pass, and everybody where there are none.
   *
   * @throws ProblemException 403 where the pipeline is in other hands
   */
  static void check(Ownership ownership, Context ctx, Caller caller, Permission wanted) {
    if (!isForOwners(caller, wanted)) {
      return;
    }
    Optional<String> pipeline = pipeline(ownership, ctx.path());
    pipeline
        .flatMap(name -> foreignOwner(ownership, caller, wanted, name))
        .ifPresent(
            owner -> {
              throw ProblemException.forbidden(
                  "%s belongs to %s, and %s is not of them: ask one of them, or an admin."
                      .formatted(pipeline.get(), owner, caller.name()));
            });
  }

  private static Optional<String> foreignOwner(
      Ownership ownership, Caller caller, Permission wanted, String pipeline) {
    return isForOwners(caller, wanted)
        ? ownership.foreignOwner(caller.name(), pipeline)
        : Optional.empty();
  }

  private static boolean isForOwners(Caller caller, Permission wanted) {
    return THEIRS.contains(wanted) && !isAdmin(caller);
  }

  private static boolean isAdmin(Caller caller) {
    return caller.person().role() == Role.ADMIN;
  }

  private static Optional<String> pipeline(Ownership ownership, String path) {
    Matcher place = PLACE.matcher(path);
    if (!place.matches()) {
      return Optional.empty();
    }
    String what = decoded(place.group(2));
    if (place.group(1).equals("pipelines")) {
      return Optional.of(what);
    }
    try {
      long id = Long.parseLong(what);
      return place.group(1).equals("runs")
          ? ownership.pipelineOfRun(id)
          : ownership.pipelineOfBackfill(id);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** As the route will read it: a name that is written otherwise is the same name. */
  private static String decoded(String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return part;
    }
  }
}
