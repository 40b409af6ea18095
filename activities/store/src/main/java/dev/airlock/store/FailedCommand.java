package dev.airlock.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process ends that has one thing to do and could not: with a sentence for whoever started
 * it. The stack trace is for those who ask for it, at level debug.
 */
final class FailedCommand {
  private static final Logger LOG = LoggerFactory.getLogger(FailedCommand.class);

  private FailedCommand() {}

  /**
   * Ends this process with code 1.
   *
   * @param what could not be done, as the beginning of a sentence
   */
  static void end(String what, Exception failure) {
    LOG.debug(what, failure);
    System.err.println(sentence(what, failure));
    System.exit(1);
  }

  /** What could not be done, and each reason that is told and says more than the one before. */
  static String sentence(String what, Throwable failure) {
    StringBuilder sentence = new StringBuilder(what);
    for (Throwable reason = failure; reason != null; reason = reason.getCause()) {
      String said = reason.getMessage();
      String plain =
          (said == null ? reason.getClass().getSimpleName() : said).replaceAll("\\s+", " ").strip();
      if (sentence.indexOf(plain) < 0) {
        sentence.append(": ").append(plain);
      }
    }
    return sentence.toString();
  }
}
