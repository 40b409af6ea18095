package dev.airlock.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "feedback",
    description = {
      "Says what came true of predictions.",
      "The file's columns are prediction_id, label, value and at; value may be left out or empty."
    })
final class FeedbackCommand extends Subcommand {

  @Parameters(paramLabel = "FILE.csv")
  Path file = Path.of("");

  @Option(names = "--json", description = "Prints the counts as JSON.")
  boolean json;

  @Override
  void run() {
    if (!Files.isRegularFile(file)) {
      throw CommandException.wrongUse("There is no file " + file + ".");
    }
    FeedbackFile read = FeedbackFile.read(file);
    FeedbackTally tally = new FeedbackTally();
    read.faults().forEach(tally::refuse);
    tally.send(api(), read.rows());
    if (json) {
      print(Api.write(tally.json()));
    } else {
      tally.faults().forEach(this::print);
      print(tally.words());
    }
    if (!tally.faults().isEmpty()) {
      throw CommandException.failed(
          "%,d of %,d lines of %s were refused; the others are in. Mend those and send the file again: nothing counts twice."
              .formatted(tally.faults().size(), read.lines(), file));
    }
  }
}
