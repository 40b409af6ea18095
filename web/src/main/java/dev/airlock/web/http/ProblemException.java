package dev.airlock.web.http;

import dev.airlock.web.http.Problem.Fault;
import java.util.List;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /** 400: the request itself is wrong. */
  public static ProblemException badRequest(String detail) {
    return badRequest(detail, List.of());
  }

  /** 400: the request itself is wrong, in several places. */
  public static ProblemException badRequest(String detail, List<Fault> errors) {
    return of("bad-request", "The request is wrong", 400, detail, errors);
  }

  /** 401: nobody has signed in. */
  public static ProblemException unauthorized(String detail) {
    return of("unauthorized", "Sign in first", 401, detail, List.of());
  }

  /** 403: whoever asks may not. */
  public static ProblemException forbidden(String detail) {
    return of("forbidden", "Not allowed", 403, detail, List.of());
  }

  /** 404: there is no such thing. */
  public static ProblemException notFound(String detail) {
    return of("not-found", "Not found", 404, detail, List.of());
  }

  /** 409: it can't be done as things stand. */
  public static ProblemException conflict(String detail) {
    return of("conflict", "Not as things stand", 409, detail, List.of());
  }

  /** 413: more than is read. */
  public static ProblemException tooLarge(String detail) {
    return of("too-large", "Too large", 413, detail, List.of());
  }

  /** 429: too often. */
  public static ProblemException tooMany(String detail) {
    return of("too-many", "Too many tries", 429, detail, List.of());
  }

  /** 503: something that this needs is away for now. */
  public static ProblemException unavailable(String detail) {
    return of("unavailable", "Not available right now", 503, detail, List.of());
  }

  private static ProblemException of(
      String word, String title, int status, String detail, List<Fault> errors) {
    return new ProblemException(Problem.of(word, title, status, detail, errors));
  }
}
