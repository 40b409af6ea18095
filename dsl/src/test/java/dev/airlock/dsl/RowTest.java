package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowTest {

  private static final Row ROW =
      new MapRow(
          Map.of(
              "name",
              "Ada",
              "age",
              36L,
              "spend",
              12.5,
              "born",
              LocalDate.parse("1815-12-10"),
              "seen",
              Instant.EPOCH));

  @Test
  void shouldGiveValuesByTheirType() {
    assertEquals("Ada", ROW.text("name"));
    assertEquals(36, ROW.integer("age"));
    assertEquals(36.0, ROW.decimal("age"));
    assertEquals(12.5, ROW.decimal("spend"));
    assertEquals(LocalDate.parse("1815-12-10"), ROW.date("born"));
    assertEquals(Instant.EPOCH, ROW.timestamp("seen"));
    assertTrue(ROW.isNull("absent"));
  }

  @Test
  void shouldSayWhatItHoldsWhenAskedForAnotherType() {
    assertEquals(
        "Column 'name' holds Ada, a String where a Number was expected.",
        assertThrows(IllegalStateException.class, () -> ROW.decimal("name")).getMessage());
    assertEquals(
        "Column 'absent' holds null where a String was expected.",
        assertThrows(IllegalStateException.class, () -> ROW.text("absent")).getMessage());
    assertEquals(
        "Column 'spend' holds 12.5, which is no whole number.",
        assertThrows(IllegalStateException.class, () -> ROW.integer("spend")).getMessage());
  }

  private record MapRow(Map<String, Object> values) implements Row {

    @Override
    public List<String> columns() {
      return List.copyOf(values.keySet());
    }

    @Override
    public @Nullable Object get(String column) {
      return values.get(column);
    }
  }
}
