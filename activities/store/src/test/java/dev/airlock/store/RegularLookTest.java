package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RegularLookTest {

  private final Logger logger = (Logger) LogManager.getLogger(RegularLook.class);
  private final Level before = logger.getLevel();
  private final Heard heard = new Heard();
  private boolean isAway;
  private final RegularLook look =
      new RegularLook(
          "watch",
          () -> {
            if (isAway) {
              throw new IllegalStateException("PostgreSQL is away");
            }
          });

  private static final class Heard extends AbstractAppender {
    final List<String> lines = new ArrayList<>();

    Heard() {
      super("heard", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }

  @BeforeEach
  void listen() {
    heard.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(heard);
  }

  @AfterEach
  void stop() {
    logger.removeAppender(heard);
    logger.setLevel(before);
    look.close();
  }

  private void looks(int times, boolean inVain) {
    isAway = inVain;
    for (int i = 0; i < times; i++) {
      look.tryLooking();
    }
  }

  @Test
  void shouldKeepStillAboutAHiccup() {
    looks(14, true);
    looks(1, false);
    looks(14, true);

    assertEquals(List.of(), heard.lines);
  }

  @Test
  void shouldSayThatItCanNotLookAndWhenItCanAgain() {
    looks(31, true);
    looks(2, false);

    assertEquals(
        List.of(
            "WARN watch could not look 15 times in a row; trying on.",
            "WARN watch could not look 30 times in a row; trying on.",
            "INFO watch looks again, after 31 times in vain."),
        heard.lines);
  }
}
