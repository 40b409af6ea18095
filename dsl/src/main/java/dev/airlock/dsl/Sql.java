package dev.airlock.dsl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.StackWalker.Option;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One SELECT of Spark SQL. Its inputs are views named like their stages, with underscores for
 * hyphens. {@code :as_of} is the run's logical date, {@code :name_of_param} each param of the
 * stage. It never asks the clock.
 */
public final class Sql {

  private final @Nullable String text;
  private final String resource;
  private final Class<?> beside;

  private Sql(@Nullable String text, String resource, Class<?> beside) {
    this.text = text;
    this.resource = resource;
    this.beside = beside;
  }

  /** Written in the pipeline. */
  public static Sql text(String sql) {
    return new Sql(sql, "", Sql.class);
  }

  /**
   * A UTF-8 file beside the class that calls this, or at the root of its class path; a name that
   * starts with {@code /} is always at the root.
   */
  public static Sql resource(String name) {
    Class<?> caller = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    return new Sql(null, name, caller);
  }

  Optional<String> read(Findings findings) {
    Optional<String> sql = text == null ? load(findings) : Optional.of(text);
    if (sql.isPresent() && sql.get().isBlank()) {
      findings.add("The SQL is empty.", "Write one SELECT.");
      return Optional.empty();
    }
    return sql;
  }

  private Optional<String> load(Findings findings) {
    try (InputStream stream = open()) {
      if (stream == null) {
        findings.add(
            "There is no resource '%s' beside %s nor at the root of its class path."
                .formatted(resource, beside.getName()),
            "Put it at src/main/resources/%s/%s."
                .formatted(beside.getPackageName().replace('.', '/'), resource));
        return Optional.empty();
      }
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The resource '" + resource + "' can't be read.", e);
    }
  }

  private @Nullable InputStream open() {
    InputStream stream = beside.getResourceAsStream(resource);
    return stream == null ? beside.getResourceAsStream("/" + resource) : stream;
  }
}
