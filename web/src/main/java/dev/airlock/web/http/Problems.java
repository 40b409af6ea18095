package dev.airlock.web.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.airlock.store.ForbiddenException;
import dev.airlock.store.InvalidBackfillException;
import dev.airlock.store.InvalidCursorException;
import dev.airlock.store.InvalidParamsException;
import dev.airlock.store.LastConfirmerException;
import dev.airlock.store.NotResumableException;
import dev.airlock.store.NulCharacter;
import dev.airlock.store.TakenNameException;
import dev.airlock.store.UnknownEntityException;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.workflows.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever ends a request early into a problem: JSON for programs, a page for people. */
public final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private final BiConsumer<Context, Problem> page;

  /**
   * Knows how people are told.
   *
   * @param page renders a problem as a page
   */
  public Problems(BiConsumer<Context, Problem> page) {
    this.page = page;
  }

  /**
   * The problem with the field {@code error}, which clients of the Open Inference Protocol read.
   */
  private record InferenceProblem(@JsonUnwrapped Problem problem, String error) {}

  public void register(RoutesConfig routes) {
    routes.exception(ProblemException.class, (e, ctx) -> answer(ctx, e.problem()));
    routes.exception(
        UnknownEntityException.class,
        (e, ctx) -> answer(ctx, ProblemException.notFound(message(e)).problem()));
    routes.exception(
        ForbiddenException.class,
        (e, ctx) -> answer(ctx, ProblemException.forbidden(message(e)).problem()));
    routes.exception(
        TakenNameException.class,
        (e, ctx) -> answer(ctx, ProblemException.conflict(message(e)).problem()));
    routes.exception(
        LastConfirmerException.class,
        (e, ctx) -> answer(ctx, ProblemException.conflict(message(e)).problem()));
    routes.exception(
        NotResumableException.class,
        (e, ctx) -> answer(ctx, ProblemException.conflict(message(e)).problem()));
    routes.exception(
        InvalidCursorException.class,
        (e, ctx) -> answer(ctx, ProblemException.badRequest(message(e)).problem()));
    routes.exception(
        InvalidBackfillException.class,
        (e, ctx) -> answer(ctx, ProblemException.badRequest(message(e)).problem()));
    routes.exception(
        InvalidParamsException.class,
        (e, ctx) ->
            answer(
                ctx,
                ProblemException.badRequest(
                        message(e),
                        e.problems().stream().map(problem -> new Fault("params", problem)).toList())
                    .problem()));
    routes.exception(HttpResponseException.class, (e, ctx) -> answer(ctx, ofJavalin(e, ctx)));
    routes.exception(Exception.class, (e, ctx) -> answer(ctx, unforeseen(e, ctx)));
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static Problem ofJavalin(HttpResponseException e, Context ctx) {
    return switch (e.getStatus()) {
      case 404 ->
          ProblemException.notFound(
                  "There is nothing at %s %s.".formatted(ctx.method(), ctx.path()))
              .problem();
      case 413 -> ProblemException.tooLarge("The body is larger than 4 MB; send less.").problem();
      default ->
          Problem.of("http-" + e.getStatus(), "Not possible", e.getStatus(), message(e), List.of());
    };
  }

  /** What even the rest of this class could not foresee, such as a class that is missing. */
  public static void broken(HttpServletResponse response, Error error) {
    LOG.error("A request ended with an error of the virtual machine", error);
    response.setStatus(500);
  }

  private static Problem unforeseen(Exception e, Context ctx) {
    if (Outage.isDatabase(e)) {
      LOG.warn("{} {}: PostgreSQL does not answer: {}", ctx.method(), route(ctx), Outage.reason(e));
      return ProblemException.unavailable(
              "PostgreSQL does not answer. Nothing was lost; try again in a few seconds.")
          .problem();
    }
    Optional<Problem> broken = brokenRequest(e);
    if (broken.isPresent()) {
      return broken.get();
    }
    if (NulCharacter.isCauseOf(e)) {
      return ProblemException.badRequest(
              "The request holds a NUL character (\\u0000), expected text that PostgreSQL can store. Take it out and send the request again.")
          .problem();
    }
    String reference = UUID.randomUUID().toString();
    LOG.error("{} {} failed, reference {}", ctx.method(), route(ctx), reference, e);
    return Problem.of(
        "unforeseen",
        "Something went wrong here",
        500,
        "This was not foreseen. The log of the web process says more under " + reference + ".",
        List.of());
  }

  /** A path for the log: a link out of a mail ends in what its reader alone is to have. */
  private static String route(Context ctx) {
    return ctx.path().replaceFirst("/by-link/.*", "/by-link/…");
  }

  /** What is wrong with a request of which only its reader knows. */
  private static Optional<Problem> brokenRequest(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnsupportedCharsetException
          || cause instanceof IllegalCharsetNameException) {
        return Optional.of(
            Problem.of(
                "http-415",
                "Not possible",
                415,
                "The body's charset is not known: %s. Send UTF-8.".formatted(cause.getMessage()),
                List.of()));
      }
      if (cause instanceof HttpException broken && broken.getCode() < 500) {
        return Optional.of(
            Problem.of(
                "http-" + broken.getCode(),
                "Not possible",
                broken.getCode(),
                "The request can't be read: %s.".formatted(broken.getReason()),
                List.of()));
      }
      if (cause instanceof EOFException) {
        return Optional.of(
            ProblemException.badRequest("The body broke off before its end; send it again.")
                .problem());
      }
    }
    return Optional.empty();
  }

  private void answer(Context ctx, Problem problem) {
    ctx.status(problem.status());
    if (wantsPage(ctx)) {
      page.accept(ctx, problem);
    } else {
      ctx.result(Json.write(body(ctx.path(), problem))).contentType(Problem.MEDIA_TYPE);
    }
  }

  /** The problem as it is told under a path: the gateway's clients look for one more field. */
  static Object body(String path, Problem problem) {
    return path.startsWith("/v2/") ? new InferenceProblem(problem, problem.detail()) : problem;
  }

  private static boolean wantsPage(Context ctx) {
    return !isForPrograms(ctx.path());
  }

  /** Whether no person looks at what a path answers. */
  public static boolean isForPrograms(String path) {
    return path.startsWith("/api/")
        || path.startsWith("/v2/")
        || path.startsWith("/assets/")
        || path.startsWith("/openapi.yaml");
  }
}
