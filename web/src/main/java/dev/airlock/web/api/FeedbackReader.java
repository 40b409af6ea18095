package dev.airlock.web.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.airlock.store.Feedback;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads labels from a stream, one after another: what is wrong with one does not spoil the rest.
 */
final class FeedbackReader {
  static final int MOST_ITEMS = 100_000;
  static final int LARGEST_BODY = 32 << 20;

  /** In characters. Nothing that a label needs is as long, and what comes is kept and answered. */
  private static final int LONGEST_TEXT = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(LONGEST_TEXT)
                  .maxNameLength(LONGEST_TEXT)
                  .maxNumberLength(LONGEST_TEXT)
                  .build())
          .build();
  private static final int UUID_LENGTH = 36;

  private final JsonParser json;

  private FeedbackReader(JsonParser json) {
    this.json = json;
  }

  /**
   * One item.
   *
   * @param predictionId as it came, or null
   * @param feedback null where it is invalid
   * @param fault why it is; empty where it is not
   */
  record Item(@Nullable String predictionId, @Nullable Feedback feedback, String fault) {}

  /**
   * Every item, in order.
   *
   * @param body of at most {@link #LARGEST_BODY} bytes
   * @throws ProblemException 400 where the body is no array, 413 where it has too many items
   */
  static List<Item> read(InputStream body) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      return new FeedbackReader(json).items();
    } catch (StreamConstraintsException e) {
      throw ProblemException.badRequest(
          "A name, text or number is longer than 1,000 characters or too deep within others, %s; a label has none such. Nothing was counted."
              .formatted(Body.where(e)));
    } catch (JsonProcessingException e) {
      throw ProblemException.badRequest(
          "The body is no JSON array, %s: %s Nothing was counted."
              .formatted(Body.where(e), e.getOriginalMessage()));
    } catch (CharConversionException e) {
      throw Body.unreadable(e);
    }
  }

  private List<Item> items() throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw ProblemException.badRequest(
          "The body is no array; send [{\"predictionId\": …, \"label\": 1, \"value\": 12.5, \"at\": …}, …].");
    }
    List<Item> items = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (items.size() == MOST_ITEMS) {
        throw ProblemException.tooLarge(
            "The array has more than 100,000 items; send them in parts. Nothing was counted.");
      }
      items.add(item("[" + items.size() + "]"));
    }
    return items;
  }

  private Item item(String place) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return new Item(null, null, place + " is no object.");
    }
    Fields fields = new Fields(place);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      fields.take(field, value);
      json.skipChildren();
    }
    return fields.item();
  }

  /** What one object says. */
  private final class Fields {
    private final String place;
    private final List<String> faults = new ArrayList<>();
    private @Nullable String id;
    private @Nullable Double label;
    private @Nullable Double value;
    private @Nullable String at;

    Fields(String place) {
      this.place = place;
    }

    void take(String field, JsonToken token) throws IOException {
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      switch (field) {
        case "predictionId" -> id = text(field, token);
        case "label" -> label = number(field, token);
        case "value" -> value = number(field, token);
        case "at" -> at = text(field, token);
        default -> {
          // Fields that nobody knows are passed over.
        }
      }
    }

    private @Nullable String text(String field, JsonToken token) throws IOException {
      if (token == JsonToken.VALUE_STRING) {
        return json.getText();
      }
      fault(field, "is no text");
      return null;
    }

    private @Nullable Double number(String field, JsonToken token) throws IOException {
      if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
        return token == JsonToken.VALUE_TRUE ? 1.0 : 0.0;
      }
      double number = token.isNumeric() ? json.getDoubleValue() : Double.NaN;
      if (Double.isFinite(number)) {
        return number;
      }
      fault(field, "is no finite number");
      return null;
    }

    private void fault(String field, String what) {
      faults.add("%s.%s %s.".formatted(place, field, what));
    }

    Item item() {
      UUID prediction = prediction();
      if (label == null && faults.isEmpty()) {
        fault("label", "is missing; send 0 or 1, or the number that came true");
      }
      if (at == null && faults.isEmpty()) {
        fault("at", "is missing; send when the outcome was known, by event time");
      }
      Double outcome = label;
      String moment = at;
      if (!faults.isEmpty() || prediction == null || outcome == null || moment == null) {
        return invalid();
      }
      try {
        return new Item(
            id,
            new Feedback(prediction, outcome, value, Query.eventTime(place + ".at", moment)),
            "");
      } catch (ProblemException e) {
        faults.add(e.problem().detail());
        return invalid();
      }
    }

    private Item invalid() {
      return new Item(id, null, String.join(" ", faults));
    }

    private @Nullable UUID prediction() {
      String text = id;
      if (text == null) {
        if (faults.isEmpty()) {
          fault("predictionId", "is missing; send the id that the prediction's answer gave");
        }
        return null;
      }
      try {
        if (text.length() == UUID_LENGTH) {
          return UUID.fromString(text);
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      fault("predictionId", "is no UUID");
      return null;
    }
  }
}
