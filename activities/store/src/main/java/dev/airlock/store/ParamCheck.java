package dev.airlock.store;

import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Holds the params of a wished run against those that its pipeline declares. */
public final class ParamCheck {

  private ParamCheck() {}

  /**
   * Every declared param with its value, defaults filled in.
   *
   * @throws InvalidParamsException with everything that is wrong
   */
  public static SortedMap<String, String> complete(
      List<ParamSpec> specs, Map<String, String> given) {
    Map<String, String> faults = faults(specs, given);
    if (!faults.isEmpty()) {
      throw new InvalidParamsException(List.copyOf(faults.values()));
    }
    SortedMap<String, String> values = new TreeMap<>();
    for (ParamSpec spec : specs) {
      String value = given.getOrDefault(spec.name(), spec.defaultValue());
      if (value != null) {
        values.put(spec.name(), value);
      }
    }
    return values;
  }

  /** What is wrong with each param, a sentence each: unknown ones first, then in their order. */
  static Map<String, String> faults(List<ParamSpec> specs, Map<String, String> given) {
    Map<String, String> faults = new LinkedHashMap<>();
    List<String> names = specs.stream().map(ParamSpec::name).toList();
    given.keySet().stream()
        .filter(name -> !names.contains(name))
        .sorted()
        .forEach(name -> faults.put(name, unknown(name, names)));
    for (ParamSpec spec : specs) {
      String value = given.getOrDefault(spec.name(), spec.defaultValue());
      if (value == null) {
        faults.put(spec.name(), "Param '" + spec.name() + "' is missing and has no default.");
      } else {
        problem(spec, value).ifPresent(problem -> faults.put(spec.name(), problem));
      }
    }
    return faults;
  }

  private static String unknown(String name, List<String> names) {
    return "There is no param '"
        + name
        + "'; "
        + (names.isEmpty()
            ? "the pipeline takes none."
            : "the pipeline takes " + String.join(", ", names) + ".");
  }

  private static Optional<String> problem(ParamSpec spec, String value) {
    try {
      return switch (spec.type()) {
        case TEXT -> Optional.empty();
        case BOOLEAN ->
            value.equals("true") || value.equals("false")
                ? Optional.empty()
                : Optional.of(wrongType(spec, value));
        case INTEGER -> bounds(spec, value, Integer::valueOf);
        case DECIMAL -> bounds(spec, value, ParamCheck::decimal);
        case DURATION -> bounds(spec, value, Duration::parse);
        case DATE -> bounds(spec, value, text -> LocalDate.parse(text).toEpochDay());
        case URI -> {
          URI.create(value);
          yield value.isBlank() ? Optional.of(wrongType(spec, value)) : Optional.empty();
        }
      };
    } catch (RuntimeException e) {
      // Each parser has an exception of its own; all of them mean the same.
      return Optional.of(wrongType(spec, value));
    }
  }

  /** {@link Double#parseDouble} reads it, and it is finite. */
  private static BigDecimal decimal(String text) {
    return BigDecimal.valueOf(Double.parseDouble(text));
  }

  private static <T extends Comparable<T>> Optional<String> bounds(
      ParamSpec spec, String value, Function<String, T> parse) {
    T parsed = parse.apply(value);
    if (breaks(spec.atLeast(), parse, bound -> parsed.compareTo(bound) < 0)
        || breaks(spec.atMost(), parse, bound -> parsed.compareTo(bound) > 0)) {
      return Optional.of(
          "Param '" + spec.name() + "' is " + value + "; it must be " + allowed(spec) + ".");
    }
    return Optional.empty();
  }

  private static <T> boolean breaks(
      @Nullable String bound, Function<String, T> parse, java.util.function.Predicate<T> outside) {
    return bound != null && outside.test(parse.apply(bound));
  }

  private static String allowed(ParamSpec spec) {
    if (spec.atLeast() != null && spec.atMost() != null) {
      return "from " + spec.atLeast() + " to " + spec.atMost();
    }
    return spec.atLeast() != null ? "at least " + spec.atLeast() : "at most " + spec.atMost();
  }

  private static String wrongType(ParamSpec spec, String value) {
    return "Param '" + spec.name() + "' is '" + value + "'; it must be " + form(spec.type()) + ".";
  }

  private static String form(ParamType type) {
    return switch (type) {
      case TEXT -> "a text";
      case INTEGER -> "a whole number";
      case DECIMAL -> "a decimal number";
      case BOOLEAN -> "true or false";
      case DURATION -> "a duration such as PT30M";
      case DATE -> "a date such as 1997-12-31";
      case URI -> "a URI";
    };
  }
}
