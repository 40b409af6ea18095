package dev.airlock.web.ui;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code openapi.yaml} says, to be read by people.
 *
 * @param says what holds for all of it
 * @param schemas by name
 */
public record ApiPage(Chrome chrome, String says, List<Tag> tags, List<Schema> schemas) {

  /** The same, for another viewer. */
  ApiPage within(Chrome other) {
    return new ApiPage(other, says, tags, schemas);
  }

  /** Operations of one matter. */
  public record Tag(String name, String says, List<Operation> operations) {}

  /**
   * A route.
   *
   * @param says who may use it, and what else is worth knowing
   * @param permission that it takes; empty where nobody need sign in
   */
  public record Operation(
      String id,
      String method,
      String path,
      String summary,
      String says,
      String permission,
      List<Field> parameters,
      List<Content> body,
      List<Answer> answers) {}

  /**
   * A parameter, or a field of an object.
   *
   * @param in path, query or header; empty for a field
   */
  public record Field(String name, String in, List<Word> type, boolean required, String says) {}

  /** What is sent or answered. */
  public record Content(String mediaType, List<Word> type) {}

  /** An answer, by its status. */
  public record Answer(String status, String says, List<Content> content) {}

  /**
   * A shape of data.
   *
   * @param type where it is more, or else, than its own fields
   */
  public record Schema(String name, String says, List<Word> type, List<Field> fields) {}

  /** A piece of a type; link leads to its schema. */
  public record Word(String text, @Nullable String link) {}
}
