package dev.airlock.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Writes every row of the audit, oldest first, as JSON lines.")
final class AuditExportCommand extends Subcommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A new file; the terminal, unless named.")
  @Nullable Path file;

  @Override
  void run() {
    Path target = file;
    try (Stream<String> lines = api().lines("/audit/export")) {
      if (target == null) {
        lines.forEach(this::print);
        return;
      }
      print("%,d rows are in %s.".formatted(write(lines, target), target));
    }
  }

  private static long write(Stream<String> lines, Path target) {
    long rows = 0;
    try (BufferedWriter writer = Files.newBufferedWriter(target, StandardOpenOption.CREATE_NEW)) {
      for (Iterator<String> each = lines.iterator(); each.hasNext(); rows++) {
        writer.write(each.next());
        writer.write('\n');
      }
    } catch (FileAlreadyExistsException e) {
      throw CommandException.wrongUse(
          target + " is there already: name a new file, so that nothing is overwritten.");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + target, e);
    }
    return rows;
  }
}
