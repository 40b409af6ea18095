package dev.airlock.web.http;

import java.util.List;

/**
 * What went wrong, as RFC 9457 says it.
 *
 * @param type {@code urn:airlock:problem:} and a word that programs go by
 * @param detail what was expected, what came, what to do
 * @param errors each fault by itself; empty where there is but one
 */
public record Problem(String type, String title, int status, String detail, List<Fault> errors) {
  /** The media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    errors = List.copyOf(errors);
  }

  /**
   * One fault.
   *
   * @param at the field, parameter, feature or row
   */
  public record Fault(String at, String detail) {}

  static Problem of(String word, String title, int status, String detail, List<Fault> errors) {
    return new Problem("urn:airlock:problem:" + word, title, status, detail, errors);
  }
}
