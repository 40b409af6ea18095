package dev.airlock.web.session;

import dev.airlock.store.People;
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
 * admin. Where the owner is nobody known, any engineer may.
 */
final class Owners {
  private static final Set<Permission> THEIRS =
      Set.of(Permission.START, Permission.STEER_RUN, Permission.PAUSE);
  private static final Pattern PLACE =
      Pattern.compile("(?:/api/v1)?/(pipelines|runs|backfills)/([^/]+)(?:/.*)?");

  private Owners() {}

  /**
   * Lets owners pass, and everybody where there are none.
   *
   * @throws ProblemException 403 where the pipeline is in other hands
   */
  static void check(People people, Context ctx, Caller caller, Permission wanted) {
    if (!THEIRS.contains(wanted) || caller.person().role() == Role.ADMIN) {
      return;
    }
    Optional<String> pipeline = pipeline(people, ctx.path());
    pipeline
        .flatMap(name -> people.foreignOwner(caller.name(), name))
        .ifPresent(
            owner -> {
              throw ProblemException.forbidden(
                  "%s belongs to %s, and %s is not of them: ask one of them, or an admin."
                      .formatted(pipeline.get(), owner, caller.name()));
            });
  }

  private static Optional<String> pipeline(People people, String path) {
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
          ? people.pipelineOfRun(id)
          : people.pipelineOfBackfill(id);
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
