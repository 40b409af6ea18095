package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.programs.Vault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever way a line takes out of a worker, it shows no secret. */
final class MaskedLinesTest {

  private static final String VALUE = "a-very-open-sesame";

  @BeforeEach
  void give() {
    new Vault(Map.of("AIRLOCK_SECRETS_OPENER", VALUE), Path.of("."), Path.of(".")).secret("opener");
  }

  @Test
  void shouldMaskWhatATaskPrints() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream out = MaskedStream.over(written);

    out.print("the value is " + VALUE.substring(0, 5));
    out.println(VALUE.substring(5) + "!");

    assertEquals("the value is ***!", written.toString(StandardCharsets.UTF_8).strip());
  }

  @Test
  void shouldMaskMessagesAndStackTracesInLogs() {
    LogEvent event =
        Log4jLogEvent.newBuilder()
            .setLevel(Level.WARN)
            .setMessage(new SimpleMessage("Refused: " + VALUE))
            .setThrown(new IllegalStateException("Nobody takes " + VALUE))
            .build();
    StringBuilder line = new StringBuilder();
    MaskConverter mask =
        MaskConverter.newInstance(
            new DefaultConfiguration(), new String[] {"%level %msg%n%xThrowable"});

    mask.format(event, line);

    assertTrue(line.toString().startsWith("WARN Refused: ***"), line.toString());
    assertTrue(line.toString().contains("Nobody takes ***"), line.toString());
    assertFalse(line.toString().contains(VALUE), line.toString());
    assertTrue(mask.handlesThrowable());
  }
}
