package dev.airlock.web.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

/** Reads JSON bodies, and says where one is broken. Fields that nobody knows are passed over. */
public final class Body {
  private static final ObjectMapper MAPPER = Json.mapper();

  private Body() {}

  /**
   * The request's body.
   *
   * @throws ProblemException 400 where it is no JSON or does not fit, naming the place
   */
  public static <T> T read(Context ctx, Class<T> type) {
    byte[] bytes = ctx.bodyAsBytes();
    if (bytes.length == 0) {
      throw ProblemException.badRequest("The body is empty; send a JSON object.");
    }
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw ProblemException.badRequest("The body is null; send a JSON object.");
      }
      return value;
    } catch (JsonParseException e) {
      throw ProblemException.badRequest(
          "The body is no JSON, %s: %s".formatted(where(e), e.getOriginalMessage()));
    } catch (JsonMappingException e) {
      throw misfit(e);
    } catch (JsonProcessingException e) {
      throw ProblemException.badRequest("The body can't be read: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("The body can't be read", e);
    }
  }

  /** The place where JSON broke off: "line 1, column 17". */
  public static String where(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null
        ? "somewhere"
        : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
  }

  private static ProblemException misfit(JsonMappingException e) {
    if (e.getCause() instanceof ProblemException problem) {
      return problem;
    }
    String path =
        e.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."));
    String message = firstLine(e.getOriginalMessage());
    return ProblemException.badRequest(
        "The body does not fit%s, %s: %s"
            .formatted(path.isEmpty() ? "" : " at '" + path + "'", where(e), message),
        List.of(new Fault(path, message)));
  }

  /** Jackson's message without the Java in it. */
  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("");
    return line.replaceAll("`[\\w.$]*?([A-Za-z]+)`", "$1").replaceAll("java\\.[\\w.]+\\.", "");
  }
}
