package dev.airlock.web.http;

import dev.airlock.store.Origin;
import io.javalin.http.Context;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a request came from, as the audit keeps it. */
public final class Peer {
  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** What the command calls itself. It is the caller's word, good for reading but no proof. */
  private static final String COMMAND = "airlock-cli";

  private Peer() {}

  /** Gives the request an id, the sender's own where it is short and plain, and answers with it. */
  public static void identify(Context ctx) {
    String sent = ctx.header(REQUEST_ID);
    String id = sent != null && SANE.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
    ctx.attribute(REQUEST_ID, id);
    ctx.header(REQUEST_ID, id);
  }

  /** By a page. */
  public static Origin web(Context ctx) {
    return new Origin(Origin.Channel.WEB, Proxies.address(ctx), null, ctx.attribute(REQUEST_ID));
  }

  /** By a signed webhook. */
  public static Origin hook(Context ctx) {
    return new Origin(
        Origin.Channel.SCHEDULE, Proxies.address(ctx), null, ctx.attribute(REQUEST_ID));
  }

  /**
   * By a token.
   *
   * @param token its name; null where it has none
   */
  public static Origin api(Context ctx, @Nullable String token) {
    String agent = ctx.userAgent();
    Origin.Channel channel =
        agent != null && agent.startsWith(COMMAND) ? Origin.Channel.CLI : Origin.Channel.API;
    return new Origin(channel, Proxies.address(ctx), token, ctx.attribute(REQUEST_ID));
  }
}
