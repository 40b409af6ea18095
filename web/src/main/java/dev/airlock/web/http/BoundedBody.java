package dev.airlock.web.http;

import io.javalin.http.Context;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that says so when it is too long, before it fills memory or disk. */
public final class BoundedBody extends FilterInputStream {

  private static final int PART = 16_384;

  private final int largest;
  private final String refusal;
  private long read;

  private BoundedBody(InputStream body, int largest, String refusal) {
    super(body);
    this.largest = largest;
    this.refusal = refusal;
  }

  /**
   * The body of a request. One that is too long by up to its bound is passed over before it is
   * refused: whoever is still sending would find the connection broken, and never read the answer.
   *
   * @param largest bytes that it may have
   * @param refusal what whoever sends more is told, with 413, here or while it is read
   * @throws ProblemException 413 where it is announced as longer
   */
  public static InputStream of(Context ctx, int largest, String refusal) throws IOException {
    long announced = ctx.req().getContentLengthLong();
    BoundedBody body = new BoundedBody(ctx.req().getInputStream(), largest, refusal);
    if (announced > largest) {
      throw body.refused(announced);
    }
    return body;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    count(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int got = super.read(bytes, offset, length);
    count(Math.max(0, got));
    return got;
  }

  private void count(int more) throws IOException {
    read += more;
    if (read > largest) {
      throw refused(read);
    }
  }

  private ProblemException refused(long known) throws IOException {
    long most = 2L * largest;
    if (known <= most) {
      byte[] part = new byte[PART];
      long left = most - read;
      int got = 0;
      while (got >= 0 && left > 0) {
        got = in.read(part, 0, (int) Math.min(PART, left));
        left -= Math.max(0, got);
      }
    }
    return ProblemException.tooLarge(refusal);
  }
}
