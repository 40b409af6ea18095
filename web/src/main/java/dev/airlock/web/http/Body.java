package dev.airlock.web.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.workflows.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads JSON bodies, and says where one is broken. Fields that nobody knows are passed over. */
public final class Body {
  private static final ObjectMapper MAPPER = Json.mapper();
  private static final String ILL_FORMED = "no JSON that can be taken";

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
      throw unreadable(e);
    }
  }

  /** 400: the bytes are there, but are no text in any of JSON's encodings. */
  public static ProblemException unreadable(IOException e) {
    return ProblemException.badRequest(
        "The body is no JSON: %s. Send it as UTF-8.".formatted(String.valueOf(e.getMessage())));
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
    String path = place(e);
    String says = e instanceof MismatchedInputException misfit ? says(misfit) : ILL_FORMED;
    return ProblemException.badRequest(
        "The body does not fit%s, %s: %s."
            .formatted(path.isEmpty() ? "" : " at '" + path + "'", where(e), says),
        List.of(new Fault(path, says)));
  }

  /** Such as {@code steps[0].weight}. */
  private static String place(JsonMappingException e) {
    StringBuilder place = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        place.append('[').append(step.getIndex()).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return place.toString();
  }

  private static String says(MismatchedInputException e) {
    String came =
        e.getProcessor() instanceof JsonParser parser && parser.currentToken() != null
            ? ", found " + word(parser.currentToken())
            : "";
    return "expected " + word(e.getTargetType()) + came;
  }

  private static String word(@Nullable Class<?> type) {
    if (type == null) {
      return "something else";
    }
    if (type == String.class) {
      return "text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class) {
      return "a whole number of at most 2147483647";
    }
    if (type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String word(JsonToken token) {
    return switch (token) {
      case START_OBJECT, FIELD_NAME, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING -> "text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }
}
