package dev.airlock.dsl.graph;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value that is either written in the pipeline or taken from a param of the run; exactly one of
 * the two is present.
 *
 * @param literal the value's text
 * @param param the param's name
 */
public record Setting(@Nullable String literal, @Nullable String param) {

  public Setting {
    if ((literal == null) == (param == null)) {
      throw new IllegalArgumentException(
          "A setting is either a literal or a param, not both and not neither.");
    }
  }

  public static Setting of(Object literal) {
    return new Setting(literal.toString(), null);
  }

  public static Setting fromParam(String param) {
    return new Setting(null, param);
  }

  /**
   * The value's text in a run.
   *
   * @param params every param of the run, defaults included
   */
  public String in(Map<String, String> params) {
    if (literal != null) {
      return literal;
    }
    String value = params.get(param);
    if (value == null) {
      throw new IllegalArgumentException("The run has no param '" + param + "'.");
    }
    return value;
  }
}
