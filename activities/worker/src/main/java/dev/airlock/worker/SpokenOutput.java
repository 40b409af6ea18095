package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.programs.Mask;
import dev.airlock.store.LogLevel;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.jspecify.annotations.Nullable;

/**
 * Leads all that is said in this process by the thread of an attempt into that attempt's log as
 * well: by slf4j, by {@code java.util.logging}, and what is printed to {@link System#out} and
 * {@link System#err}.
 */
final class SpokenOutput {

  private static final String PROGRAMS = "airlock.output";

  private static final AtomicBoolean LEADING = new AtomicBoolean();

  private SpokenOutput() {}

  /** Begins. Once for the process: a second call changes nothing. */
  static void lead() {
    if (LEADING.getAndSet(true)) {
      return;
    }
    // Log4j's own console must be the one before, or each line would be said again by it.
    org.apache.logging.log4j.Logger all = LogManager.getRootLogger();
    PrintStream err = System.err;
    System.setOut(new PrintStream(new Printed(System.out, false), true, UTF_8));
    System.setErr(new PrintStream(new Printed(err, true), true, UTF_8));
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        root.removeHandler(handler);
      }
    }
    root.addHandler(new JdkLines(err));
    if (all instanceof Logger logger) {
      Log4jLines lines = new Log4jLines();
      lines.start();
      logger.addAppender(lines);
    }
    // What programs print is the attempt's alone: too much for the worker's own output.
    if (LogManager.getLogger(PROGRAMS) instanceof Logger logger) {
      Log4jLines lines = new Log4jLines();
      lines.start();
      logger.addAppender(lines);
    }
  }

  private static String text(@Nullable String message, @Nullable Throwable thrown) {
    String said = message == null ? "" : message;
    if (thrown == null) {
      return said;
    }
    StringWriter text = new StringWriter();
    text.append(said).append(said.isEmpty() ? "" : "\n");
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString().stripTrailing();
  }

  /** What is printed; outside of attempts it goes where it went before. */
  private static final class Printed extends OutputStream {
    private final PrintStream before;
    private final boolean isError;

    Printed(PrintStream before, boolean isError) {
      this.before = before;
      this.isError = isError;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      AttemptLog log = AttemptLog.current();
      if (log == null) {
        before.write(bytes, offset, length);
      } else {
        log.print(isError, bytes, offset, length);
      }
    }

    @Override
    public void flush() {
      before.flush();
    }
  }

  /** What comes by the JDK's own logging. */
  private static final class JdkLines extends Handler {
    private final PrintStream err;

    JdkLines(PrintStream err) {
      this.err = err;
      setFormatter(new SimpleFormatter());
    }

    @Override
    public void publish(LogRecord said) {
      if (!isLoggable(said)) {
        return;
      }
      err.print(Mask.mask(getFormatter().format(said)));
      AttemptLog log = AttemptLog.current();
      if (log != null) {
        log.say(level(said.getLevel()), text(getFormatter().formatMessage(said), said.getThrown()));
      }
    }

    private static LogLevel level(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return LogLevel.ERROR;
      }
      if (level.intValue() >= Level.WARNING.intValue()) {
        return LogLevel.WARN;
      }
      return level.intValue() >= Level.INFO.intValue() ? LogLevel.INFO : LogLevel.DEBUG;
    }

    @Override
    public void flush() {
      err.flush();
    }

    @Override
    public void close() {
      // What it writes to belongs to the process.
    }
  }

  /** What comes by slf4j. */
  private static final class Log4jLines extends AbstractAppender {

    Log4jLines() {
      super("attempts", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      AttemptLog own = AttemptLog.current();
      AttemptLog log =
          own == null ? AttemptLog.named(event.getContextData().getValue(AttemptLog.KEY)) : own;
      if (log != null) {
        log.say(
            level(event.getLevel()),
            text(event.getMessage().getFormattedMessage(), event.getThrown()));
      }
    }

    private static LogLevel level(org.apache.logging.log4j.Level level) {
      if (level.isMoreSpecificThan(org.apache.logging.log4j.Level.ERROR)) {
        return LogLevel.ERROR;
      }
      if (level.isMoreSpecificThan(org.apache.logging.log4j.Level.WARN)) {
        return LogLevel.WARN;
      }
      return level.isMoreSpecificThan(org.apache.logging.log4j.Level.INFO)
          ? LogLevel.INFO
          : LogLevel.DEBUG;
    }
  }
}
