package dev.airlock.web.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An inference request of the Open Inference Protocol, read in one pass.
 *
 * @param id the caller's, or null
 * @param asOf the event time of its rows, or null for now
 * @param entity the name of the input that says whose row it is, or null
 */
record InferRequest(
    @Nullable String id, @Nullable Instant asOf, @Nullable String entity, List<Tensor> inputs) {

  /** NaN and Infinity are no JSON, but clients send them; read so that the answer can name them. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final int LONGEST_VALUE = 200;

  static InferRequest read(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      return new Reading(json).request();
    } catch (JsonParseException e) {
      throw ProblemException.badRequest(
          "The body is no JSON, %s: %s".formatted(Body.where(e), e.getOriginalMessage()));
    } catch (IOException e) {
      throw Body.unreadable(e);
    }
  }

  /** The state of one pass. */
  private static final class Reading {
    private final JsonParser json;
    private @Nullable String id;
    private @Nullable Instant asOf;
    private @Nullable String entity;
    private final List<Tensor> inputs = new ArrayList<>();

    Reading(JsonParser json) {
      this.json = json;
    }

    InferRequest request() throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw wrong("The body", "an object with inputs");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "id" -> id = json.currentToken() == JsonToken.VALUE_NULL ? null : text("id");
          case "parameters" -> parameters();
          case "inputs" -> inputs();
          default -> json.skipChildren();
        }
      }
      return new InferRequest(id, asOf, entity, inputs);
    }

    private void parameters() throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      expect(JsonToken.START_OBJECT, "parameters", "an object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
        switch (field) {
          case "asOf" -> asOf = isNull ? null : eventTime("parameters.asOf");
          case "entity" -> entity = isNull ? null : text("parameters.entity");
          default -> json.skipChildren();
        }
      }
    }

    private Instant eventTime(String place) throws IOException {
      return Query.eventTime(place, text(place));
    }

    private void inputs() throws IOException {
      expect(JsonToken.START_ARRAY, "inputs", "an array, one tensor a feature");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        String place = "inputs[" + inputs.size() + "]";
        expect(JsonToken.START_OBJECT, place, "an object with name, shape, datatype and data");
        inputs.add(tensor(place));
      }
    }

    private Tensor tensor(String place) throws IOException {
      String name = null;
      String datatype = "";
      List<Long> shape = List.of();
      Tensor values = new Tensor("");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "name" -> name = text(place + ".name");
          case "datatype" -> datatype = text(place + ".datatype");
          case "shape" -> shape = shape(place + ".shape");
          case "data" -> values = data(place + ".data", name == null ? "" : name);
          default -> json.skipChildren();
        }
      }
      if (name == null) {
        throw ProblemException.badRequest(place + " has no name; name the feature it holds.");
      }
      Tensor tensor = values.name().equals(name) ? values : renamed(values, name);
      tensor.describe(datatype, shape);
      return tensor;
    }

    private static Tensor renamed(Tensor values, String name) {
      Tensor tensor = new Tensor(name);
      for (int i = 0; i < values.length(); i++) {
        if (values.isNull(i)) {
          tensor.addNull();
        } else {
          tensor.add(values.number(i), values.text(i));
        }
      }
      return tensor;
    }

    private List<Long> shape(String place) throws IOException {
      expect(JsonToken.START_ARRAY, place, "an array of whole numbers");
      List<Long> shape = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(JsonToken.VALUE_NUMBER_INT, place, "an array of whole numbers");
        shape.add(json.getLongValue());
      }
      return shape;
    }

    /** Flat or nested: the protocol allows both. */
    private Tensor data(String place, String name) throws IOException {
      expect(JsonToken.START_ARRAY, place, "an array, one value a row");
      Tensor tensor = new Tensor(name);
      int depth = 1;
      while (depth > 0) {
        switch (json.nextToken()) {
          case START_ARRAY -> depth++;
          case END_ARRAY -> depth--;
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              tensor.add(json.getDoubleValue(), json.getText());
          case VALUE_TRUE -> tensor.add(1, "true");
          case VALUE_FALSE -> tensor.add(0, "false");
          case VALUE_STRING ->
              tensor.add(Double.NaN, value("%s[%d]".formatted(place, tensor.length())));
          case VALUE_NULL -> tensor.addNull();
          default -> throw wrong(place, "numbers or texts");
        }
      }
      return tensor;
    }

    private String text(String place) throws IOException {
      expect(JsonToken.VALUE_STRING, place, "text");
      return unbroken(place, json.getText());
    }

    /** A text that may become an entity, which PostgreSQL has to take as it is. */
    private String value(String place) throws IOException {
      String text = unbroken(place, json.getText());
      if (text.indexOf('\0') >= 0) {
        throw ProblemException.badRequest(
            "%s holds a NUL character (\\u0000), expected text that PostgreSQL can store. Take it out and send the request again."
                .formatted(place));
      }
      if (text.length() > LONGEST_VALUE) {
        throw ProblemException.badRequest(
            "%s has %d characters, expected at most %d. Send a short id of whom the row is about."
                .formatted(place, text.length(), LONGEST_VALUE));
      }
      return text;
    }

    /** Half a surrogate pair has no UTF-8, so it could be neither journalled nor answered. */
    private static String unbroken(String place, String text) {
      if (text.codePoints()
          .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        throw ProblemException.badRequest(
            "%s holds half a surrogate pair, expected whole Unicode characters. Encode the text anew and send the request again."
                .formatted(place));
      }
      return text;
    }

    private void expect(JsonToken token, String place, String what) {
      if (json.currentToken() != token) {
        throw wrong(place, what);
      }
    }

    private ProblemException wrong(String place, String what) {
      return ProblemException.badRequest(
          "%s is wrong at line %d, column %d: expected %s."
              .formatted(
                  place,
                  json.currentTokenLocation().getLineNr(),
                  json.currentTokenLocation().getColumnNr(),
                  what));
    }
  }
}
