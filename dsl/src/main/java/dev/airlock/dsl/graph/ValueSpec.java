package dev.airlock.dsl.graph;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value that a stage is given when it runs. Exactly one of literal, param, secret, stage and
 * fields is present. Of a secret only the name is known here.
 *
 * @param literal written in the pipeline
 * @param param the param's name
 * @param secret the secret's name
 * @param stage the stage whose result it is
 * @param form how a result or a literal is put; null for text
 * @param fields the fields of a JSON object
 */
public record ValueSpec(
    @Nullable String literal,
    @Nullable String param,
    @Nullable String secret,
    @Nullable String stage,
    @Nullable Form form,
    @Nullable SortedMap<String, ValueSpec> fields) {

  public ValueSpec {
    fields =
        fields == null ? null : new TreeMap<String, ValueSpec>((Map<String, ValueSpec>) fields);
    if (Stream.of(isSet(literal), isSet(param), isSet(secret), isSet(stage), isSet(fields))
            .filter(set -> set)
            .count()
        != 1) {
      throw new IllegalArgumentException(
          "A value is one of a literal, a param, a secret, a stage's result and fields.");
    }
  }

  /** How a value is put. */
  public enum Form {
    /** JSON itself. */
    JSON,
    /** The path of a file: CSV with a header for a dataset, else JSON. */
    FILE
  }

  /** A text. */
  public static ValueSpec literal(String text) {
    return new ValueSpec(text, null, null, null, null, null);
  }

  /** A piece of JSON, such as {@code 3} or {@code true}. */
  public static ValueSpec json(String json) {
    return new ValueSpec(json, null, null, null, Form.JSON, null);
  }

  /** The value of a param of the run. */
  public static ValueSpec param(String name) {
    return new ValueSpec(null, name, null, null, null, null);
  }

  /** The value of a secret, known to the worker alone. */
  public static ValueSpec secret(String name) {
    return new ValueSpec(null, null, name, null, null, null);
  }

  /** What an earlier stage has given. */
  public static ValueSpec result(String stage, Form form) {
    return new ValueSpec(null, null, null, stage, form, null);
  }

  /** A JSON object. */
  public static ValueSpec object(Map<String, ValueSpec> fields) {
    return new ValueSpec(null, null, null, null, null, new TreeMap<String, ValueSpec>(fields));
  }

  /** The names of all secrets in it. */
  public Stream<String> secrets() {
    Stream<String> inside =
        fields == null ? Stream.of() : fields.values().stream().flatMap(ValueSpec::secrets);
    return secret == null ? inside : Stream.of(secret);
  }

  private static boolean isSet(@Nullable Object component) {
    return component != null;
  }
}
