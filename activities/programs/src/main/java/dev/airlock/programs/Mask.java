package dev.airlock.programs;

import dev.airlock.workflows.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The values that this process has given to anybody, and what is shown in their place. A value is
 * masked from the moment on that it is read, for as long as the process lives, since nobody knows
 * who will say it and when. Logs are of the whole process, and so is this.
 */
public final class Mask {

  /** What stands where a value stood. */
  public static final String SHOWN = "***";

  /** A shorter value would be found in words that have nothing to do with it. */
  static final int SHORTEST = 6;

  private static final List<String> HIDDEN = new CopyOnWriteArrayList<>();

  private Mask() {}

  /** Hides a value, in the ways in which programs write it: as it is, quoted, encoded, by lines. */
  static synchronized void hide(String value) {
    add(value);
    String quoted = Json.write(value);
    add(quoted.substring(1, quoted.length() - 1));
    add(URLEncoder.encode(value, StandardCharsets.UTF_8));
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
    add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    value.lines().map(String::strip).forEach(Mask::add);
  }

  private static void add(String form) {
    if (form.length() >= SHORTEST && !HIDDEN.contains(form)) {
      HIDDEN.add(form);
      // The longest first, so that none leaves a rest of one that holds it.
      HIDDEN.sort(Comparator.comparingInt(String::length).reversed());
    }
  }

  /** The text without any hidden value. */
  public static String mask(String text) {
    String masked = text;
    for (String value : HIDDEN) {
      if (masked.contains(value)) {
        masked = masked.replace(value, SHOWN);
      }
    }
    return masked;
  }

  /** Whether the text shows a hidden value. */
  public static boolean shows(String text) {
    return HIDDEN.stream().anyMatch(text::contains);
  }
}
