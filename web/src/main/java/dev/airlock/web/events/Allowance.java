package dev.airlock.web.events;

import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many of a kind of stream each person may hold open. */
final class Allowance {
  private final int most;
  private final String kind;
  private final Map<String, Integer> byPerson = new ConcurrentHashMap<>();

  /**
   * Nobody holds any yet.
   *
   * @param most of one person
   * @param kind what they are, such as "streams of events"
   */
  Allowance(int most, String kind) {
    this.most = most;
    this.kind = kind;
  }

  /**
   * Counts one more.
   *
   * @throws ProblemException 429 where that is too many; then it is not counted
   */
  void take(Context ctx, String person) {
    if (byPerson.merge(person, 1, Integer::sum) > most) {
      giveBack(person);
      ctx.header("Retry-After", "30");
      throw ProblemException.tooMany(
          "%s holds %d %s open already. Close some, then try again.".formatted(person, most, kind));
    }
  }

  void giveBack(String person) {
    byPerson.computeIfPresent(person, (name, open) -> open == 1 ? null : open - 1);
  }
}
