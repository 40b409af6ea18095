package dev.airlock.web;

import java.util.List;
import java.util.random.RandomGenerator;

/** Words and numbers that programs trip over. */
final class OddText {
  private static final List<String> WORDS =
      List.of(
          "",
          " ",
          "0",
          "-1",
          "01",
          "+1",
          "1.5",
          "1e3",
          "２",
          "2147483648",
          "4294967297",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "NaN",
          "null",
          "undefined",
          "true",
          "\u0000",
          "a\u0000b",
          "\u0001\u0008\u001b[31m",
          "😀",
          "\u202Eabc",
          "שלום",
          "ﷺ",
          "Z̷͙a̵l̶g̸o̵",
          "İıſ",
          "\u2028\u2029",
          "\uFEFF",
          "\uFFFD",
          "'; drop table run; --",
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "../../../../etc/passwd",
          "..\\..\\windows",
          "{{7*7}}${7*7}",
          "%s%n%x",
          "a\r\nX-Injected: 1",
          "-",
          "--",
          ".",
          "..",
          "*",
          "_%",
          "\\",
          "/",
          "2026-13-45",
          "2026-02-30",
          "0000-00-00",
          "1998-01-31",
          "1998-01-31T00:00:00Z",
          "+999999999-01-01T00:00:00Z",
          "-0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999999999Z",
          "P1D",
          "PT-1S",
          "P999999999999999Y",
          "LTE",
          "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
          "gAAAAA==",
          "eyJhIjoxfQ",
          "lower-case-words",
          "x".repeat(300),
          "y".repeat(6_000));

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "-1",
          "1",
          "1.5",
          "1e3",
          "1e400",
          "-1e400",
          "1e-400",
          "2147483647",
          "2147483648",
          "-2147483649",
          "4294967297",
          "9223372036854775807",
          "9223372036854775808",
          "123456789012345678901234567890",
          "1E+2147483648",
          "0.1e2147483647",
          "NaN",
          "0x10",
          "007");

  /** What stands in a JSON string as an escape, or as it is. */
  private static final List<String> STRINGS =
      List.of(
          "\\u0000",
          "\\ud800",
          "\\udfff\\ud800",
          "\\ud83d\\ude00",
          "\\uZZZZ",
          "\\x41",
          "a\u0000b",
          "tab\there",
          "\\n\\r\\t",
          "\\/\\\\\\\"");

  private final RandomGenerator random;

  OddText(RandomGenerator random) {
    this.random = random;
  }

  String any() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  String number() {
    return NUMBERS.get(random.nextInt(NUMBERS.size()));
  }

  /** A string of JSON, well formed or not. */
  String json() {
    return random.nextInt(4) == 0
        ? '"' + STRINGS.get(random.nextInt(STRINGS.size())) + '"'
        : dev.airlock.workflows.Json.write(any());
  }
}
