package dev.airlock.web;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * Whatever is logged while it runs, with what was thrown: our own from DEBUG on, others' from INFO.
 */
final class LogTape implements AutoCloseable {
  private static final String OURS = "dev.airlock";

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final LoggerContext context = LoggerContext.getContext(false);
  private final Configuration configuration = context.getConfiguration();
  private final Level before = configuration.getRootLogger().getLevel();
  private final AbstractAppender appender =
      new AbstractAppender("tape", null, null, false, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          StringWriter text = new StringWriter();
          text.append(event.getLoggerName()).append(": ");
          text.append(event.getMessage().getFormattedMessage());
          if (event.getThrown() != null) {
            event.getThrown().printStackTrace(new PrintWriter(text, true));
          }
          lines.add(text.toString());
        }
      };

  LogTape() {
    appender.start();
    configuration.getRootLogger().addAppender(appender, null, null);
    configuration.getRootLogger().setLevel(Level.INFO);
    configuration.addLogger(OURS, new LoggerConfig(OURS, Level.DEBUG, true));
    context.updateLoggers();
  }

  List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    configuration.removeLogger(OURS);
    configuration.getRootLogger().removeAppender("tape");
    configuration.getRootLogger().setLevel(before);
    context.updateLoggers();
  }
}
