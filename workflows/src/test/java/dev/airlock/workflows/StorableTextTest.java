package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StorableTextTest {

  private static final String FACE = "\ud83d\ude00";

  @Test
  void shouldReplaceWhatPostgresqlDoesNotTake() {
    assertEquals("a\ufffdb\ufffdc\ufffd" + FACE, StorableText.of("a\0b\ud83dc\ude00" + FACE));
  }

  @Test
  void shouldLeaveAloneWhatIsText() {
    String text = "ünïcode " + FACE;

    assertSame(text, StorableText.of(text));
  }

  @Test
  void shouldNeverCutAPairInTwo() {
    assertEquals("a", StorableText.beginning("a" + FACE + "b", 2));
    assertEquals("a" + FACE, StorableText.beginning("a" + FACE + "b", 3));
    assertEquals("a" + FACE + "b", StorableText.beginning("a" + FACE + "b", 4));
  }

  @Test
  void shouldMakeErrorsAndFailuresThatCanBeKept() {
    StageError error = new StageError("odd\0", "It said \0.", List.of("\ud83d"));
    ApplicationFailure failure =
        StageFailure.of(StageFailure.BAD_DATA, "It said \0.", List.of("\ud83d"));

    assertEquals(new StageError("odd\ufffd", "It said \ufffd.", List.of("\ufffd")), error);
    assertEquals("It said \ufffd.", failure.getOriginalMessage());
    assertEquals(List.of("\ufffd"), StageFailure.details(failure));
  }

  @Test
  void shouldShortenALongMessageBetweenCharacters() {
    StageError error =
        StageErrors.explain(
            ApplicationFailure.newFailure("a" + FACE.repeat(4_000), "odd"), Stages.task("orders"));

    assertEquals("a" + FACE.repeat(1_999) + " …", error.message());
  }
}
