package dev.airlock.workflows;

/**
 * Text as PostgreSQL and Temporal take it. What programs and other people's code say may hold NUL,
 * which PostgreSQL stores neither in text nor in JSON, or half a surrogate pair, which is no
 * character at all.
 */
public final class StorableText {

  /** What stands where no character could. */
  private static final char REPLACEMENT = '\ufffd';

  private StorableText() {}

  /** The text, each NUL and each half of a surrogate pair replaced by {@code U+FFFD}. */
  public static String of(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (!isStorable(character)) {
        return replaced(text);
      }
      at += Character.charCount(character);
    }
    return text;
  }

  /**
   * The text or, where it is longer, its beginning: never with half of a surrogate pair at its end.
   *
   * @param longest in characters, at least 1
   */
  public static String beginning(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    boolean isHalved = Character.isHighSurrogate(text.charAt(longest - 1));
    return text.substring(0, isHalved ? longest - 1 : longest);
  }

  private static String replaced(String text) {
    StringBuilder replaced = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      replaced.appendCodePoint(isStorable(character) ? character : REPLACEMENT);
      at += Character.charCount(character);
    }
    return replaced.toString();
  }

  private static boolean isStorable(int character) {
    return character != 0
        && (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE);
  }
}
