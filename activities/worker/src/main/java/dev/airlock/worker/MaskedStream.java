package dev.airlock.worker;

import dev.airlock.programs.Mask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Writes whole lines, without the values of secrets. What tasks print comes by here. */
final class MaskedStream extends OutputStream {

  /** A longer line is written in parts. */
  private static final int LONGEST_LINE = 1 << 16;

  private final OutputStream target;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private MaskedStream(OutputStream target) {
    this.target = target;
  }

  static PrintStream over(OutputStream target) {
    return new PrintStream(new MaskedStream(target), true, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int letter) throws IOException {
    line.write(letter);
    if (letter == '\n' || line.size() == LONGEST_LINE) {
      writeLine();
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    target.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    writeLine();
    target.close();
  }

  private void writeLine() throws IOException {
    String masked = Mask.mask(line.toString(StandardCharsets.UTF_8));
    line.reset();
    target.write(masked.getBytes(StandardCharsets.UTF_8));
    target.flush();
  }
}
