package dev.airlock.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Writes every row of the audit, oldest first, as JSON lines.")
final class AuditExportCommand extends Subcommand {
  private static final String ROWS = "/audit/export";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A new file; the terminal, unless named.")
  @Nullable Path file;

  @Override
  void run() {
    Path target = file;
    if (target == null) {
      api().lines(ROWS, this::print);
    } else {
      print("%,d rows are in %s.".formatted(write(api(), target), target));
    }
  }

  /** What breaks off leaves no file: its end could be taken for the chain's. */
  private static long write(Api api, Path target) {
    boolean isWhole = false;
    try (BufferedWriter writer = Files.newBufferedWriter(target, StandardOpenOption.CREATE_NEW)) {
      long rows = api.lines(ROWS, line -> write(writer, line));
      writer.flush();
      isWhole = true;
      return rows;
    } catch (FileAlreadyExistsException e) {
      isWhole = true;
      throw CommandException.wrongUse(
          target + " is there already: name a new file, so that nothing is overwritten.");
    } catch (IOException | UncheckedIOException e) {
      throw CommandException.failed(
          "%s can't be written, and is not there: %s".formatted(target, e));
    } finally {
      if (!isWhole) {
        delete(target);
      }
    }
  }

  private static void write(BufferedWriter writer, String line) {
    try {
      writer.write(line);
      writer.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is not whole, and can't be deleted", e);
    }
  }
}
