package dev.airlock.web.session;

import dev.airlock.web.http.ProblemException;
import io.javalin.http.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/** How many streams of events each person holds open: each holds a connection for hours. */
final class OpenStreams {
  private static final int MOST = 200;

  private final Map<String, Integer> byPerson = new ConcurrentHashMap<>();

  /**
   * Counts a stream until it ends, if the request asks for one.
   *
   * @throws ProblemException 429 where the person has too many
   */
  void admit(Context ctx, String person) {
    String accept = ctx.header("Accept");
    if (accept == null || !accept.contains("text/event-stream")) {
      return;
    }
    if (byPerson.merge(person, 1, Integer::sum) > MOST) {
      closed(person);
      ctx.header("Retry-After", "30");
      throw ProblemException.tooMany(
          "%s holds %d streams of events open already. Close some, then try again."
              .formatted(person, MOST));
    }
    Request.addCompletionListener(
        ServletContextRequest.getServletContextRequest(ctx.req()), failure -> closed(person));
  }

  private void closed(String person) {
    byPerson.computeIfPresent(person, (name, open) -> open == 1 ? null : open - 1);
  }
}
