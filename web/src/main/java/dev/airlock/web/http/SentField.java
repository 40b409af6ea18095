package dev.airlock.web.http;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a person wrote into one field of a form that was refused, so that nobody has to write it
 * again.
 */
public record SentField(String name, String value) {
  private static final String READ = "airlock.form-read";
  private static final Set<String> NOT_SHOWN =
      Set.of("csrf", "key", "password", "current", "again");
  private static final int MOST = 50;
  private static final int LONGEST = 20_000;

  /** The body of this request is a form, and whole: from here on its fields can be had. */
  public static void areRead(Context ctx) {
    ctx.attribute(READ, true);
  }

  /** Never a password; empty where the body was no form or could not be read. */
  public static List<SentField> of(Context ctx) {
    if (ctx.attribute(READ) == null) {
      return List.of();
    }
    return ctx.formParamMap().entrySet().stream()
        .filter(field -> !NOT_SHOWN.contains(field.getKey()))
        .flatMap(SentField::values)
        .limit(MOST)
        .toList();
  }

  private static Stream<SentField> values(Map.Entry<String, List<String>> field) {
    return field.getValue().stream()
        .filter(value -> !value.isBlank() && value.length() <= LONGEST)
        .map(value -> new SentField(field.getKey(), value));
  }
}
