package dev.airlock.web.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangedTest {

  private static List<String> said(List<Changed> changes) {
    return changes.stream().map(ChangedTest::said).toList();
  }

  private static String said(Changed one) {
    return "%s: %s -> %s".formatted(one.name(), shown(one.before()), shown(one.after()));
  }

  private static String shown(Changed.@Nullable Value value) {
    return value == null ? "none" : value.shown();
  }

  @Test
  void shouldNameTheFieldsThatDiffer() {
    assertEquals(
        List.of("note: none -> hi", "params.days: 30 -> 90", "old: true -> none"),
        said(
            Changed.between(
                "{\"params\": {\"days\": 30}, \"same\": 1, \"old\": true}",
                "{\"params\": {\"days\": 90}, \"same\": 1, \"note\": \"hi\"}")));
  }

  @Test
  void shouldShowTheEndsOfADigestAndKeepTheWhole() {
    String digest = "0123456789abcdef".repeat(4);
    Changed change = Changed.between(null, "{\"code\": \"" + digest + "\"}").get(0);

    assertEquals("code: none -> 0123…cdef", said(change));
    assertEquals(digest, change.after() == null ? "" : change.after().whole());
  }

  @Test
  void shouldShowWhatIsNoJsonAsItIs() {
    assertEquals(List.of(": none -> {broken"), said(Changed.between(null, "{broken")));
    assertEquals(List.of(), said(Changed.between(null, null)));
  }
}
