package dev.airlock.store;

import java.util.Locale;

/**
 * How constants are written in the database: {@code UPSTREAM_FAILED} is {@code upstream-failed}.
 */
final class Words {

  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E read(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
