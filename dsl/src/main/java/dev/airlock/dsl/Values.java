package dev.airlock.dsl;

import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a pipeline may write where a stage is given a value. */
final class Values {

  /** What says everything of itself as a text. */
  private static final List<Class<?>> PLAIN =
      List.of(
          String.class,
          Number.class,
          Boolean.class,
          Enum.class,
          LocalDate.class,
          Duration.class,
          URI.class,
          Path.class);

  private static final String CHOICE =
      "Give a text, a number, true or false, a Param, a Secret, a stage or an Argument.";

  private Values() {}

  /** The stages whose results are among the values, each once. */
  static Stream<Stage<?>> stages(Collection<?> values) {
    return values.stream().flatMap(Values::stagesIn).distinct();
  }

  private static Stream<Stage<?>> stagesIn(Object value) {
    if (value instanceof Stage<?> stage) {
      return Stream.of(stage);
    }
    if (value instanceof Argument argument) {
      return Stream.of(argument.stage());
    }
    return value instanceof Map<?, ?> fields ? stages(fields.values()) : Stream.of();
  }

  /** The params among the values, each once. */
  static Stream<Param<?>> params(Collection<?> values) {
    return values.stream().flatMap(Values::paramsIn).distinct();
  }

  private static Stream<Param<?>> paramsIn(Object value) {
    if (value instanceof Param<?> param) {
      return Stream.of(param);
    }
    return value instanceof Map<?, ?> fields ? params(fields.values()) : Stream.of();
  }

  /**
   * The value as the graph keeps it, or a finding.
   *
   * @param form in which a bare stage is given
   */
  static Optional<ValueSpec> spec(Object value, Form form, String what, Findings findings) {
    if (PLAIN.stream().anyMatch(type -> type.isInstance(value))) {
      return Optional.of(ValueSpec.literal(value.toString()));
    }
    return named(value, form, what, findings);
  }

  private static Optional<ValueSpec> named(
      Object value, Form form, String what, Findings findings) {
    if (value instanceof Param<?> param) {
      return Optional.of(ValueSpec.param(param.name()));
    }
    if (value instanceof Secret secret) {
      secret.check(findings);
      return Optional.of(ValueSpec.secret(secret.name()));
    }
    if (value instanceof Stage<?> stage) {
      return Optional.of(ValueSpec.result(stage.name(), form));
    }
    if (value instanceof Argument argument) {
      return Optional.of(ValueSpec.result(argument.stage().name(), argument.form()));
    }
    findings.add(
        "%s is of the %s, which no stage can be given.".formatted(what, value.getClass()), CHOICE);
    return Optional.empty();
  }

  /** The value as a piece of JSON: numbers and truths stay what they are, results are put in. */
  static Optional<ValueSpec> json(Object value, String what, Findings findings) {
    if (value instanceof Map<?, ?> map) {
      SortedMap<String, ValueSpec> fields = new TreeMap<>();
      map.forEach(
          (name, field) ->
              json(field, what + "." + name, findings)
                  .ifPresent(spec -> fields.put(name.toString(), spec)));
      return Optional.of(ValueSpec.object(fields));
    }
    if (value instanceof Number || value instanceof Boolean) {
      return Optional.of(ValueSpec.json(value.toString()));
    }
    return spec(value, Form.JSON, what, findings);
  }
}
