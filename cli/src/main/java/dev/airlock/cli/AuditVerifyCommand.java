package dev.airlock.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description =
        "Reckons the audit's chain from its rows, and holds the signed heads against it. Takes nobody's word.")
final class AuditVerifyCommand extends Subcommand {

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "An export, in place of the rows that the server has now.")
  @Nullable Path file;

  @Option(
      names = "--heads",
      paramLabel = "FILE",
      description = "The signed heads, such as a copy on another machine; HOME/audit/heads.jsonl.")
  @Nullable Path heads;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The public key that signed them; HOME/audit/anchor-public.pem.")
  @Nullable Path key;

  @Option(
      names = "--restored",
      paramLabel = "FILE",
      description =
          "The name of a backup that the system was restored from, as far as you know; explains heads that were signed before. May be repeated.")
  List<String> restored = new ArrayList<>();

  @Override
  void run() {
    // Heads come first: what is signed while the rows are read is not among the rows.
    SignedHeads signed = heads();
    AuditTrail trail = new AuditTrail(signed, restored);
    read(trail);
    List<String> faults = trail.end();
    if (!faults.isEmpty()) {
      throw CommandException.failed(
          "The audit is not what was written:\n  " + String.join("\n  ", faults));
    }
    print(
        "The audit is whole: %,d rows follow each other, and pass through %s.%s"
            .formatted(trail.rows(), signed.words(), trail.beyondHeads()));
    trail.restores().forEach(this::print);
  }

  private SignedHeads heads() {
    Path folder = home().root().resolve("audit");
    Path file = heads == null ? folder.resolve("heads.jsonl") : heads;
    Path open = key == null ? folder.resolve("anchor-public.pem") : key;
    try {
      return SignedHeads.read(file, open);
    } catch (NoSuchFileException e) {
      throw CommandException.wrongUse(
          "There is no file %s. Without signed heads a cut tail or a chain that was written anew can't be found: name them with --heads and --key."
              .formatted(e.getFile()));
    } catch (IOException e) {
      throw CommandException.wrongUse("The signed heads can't be read: " + e.getMessage());
    }
  }

  private void read(AuditTrail trail) {
    Path export = file;
    if (export == null) {
      api().lines("/audit/export", trail::add);
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(export)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        trail.add(line);
      }
    } catch (IOException e) {
      throw CommandException.wrongUse("%s can't be read: %s".formatted(export, e));
    }
  }
}
