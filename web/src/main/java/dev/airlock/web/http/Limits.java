package dev.airlock.web.http;

import dev.airlock.store.Page;
import io.javalin.http.Context;

/** How much of a list is wanted. */
public final class Limits {
  private static final int USUAL = 50;

  private Limits() {}

  /** The query's {@code limit}, from 1 to {@link Page#LARGEST}; 50 where there is none. */
  public static int of(Context ctx) {
    return of(ctx, USUAL);
  }

  /** The same; the most where there is none, of lists that are short as a rule. */
  public static int ofShortList(Context ctx) {
    return of(ctx, Page.LARGEST);
  }

  private static int of(Context ctx, int usual) {
    String text = Query.text(ctx, "limit");
    if (text == null) {
      return usual;
    }
    long limit = Query.number("limit", text);
    if (limit < 1 || limit > Page.LARGEST) {
      throw ProblemException.badRequest(
          "limit is %d, expected 1 to %d.".formatted(limit, Page.LARGEST));
    }
    return (int) limit;
  }
}
