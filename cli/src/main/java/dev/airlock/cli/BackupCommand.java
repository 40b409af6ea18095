package dev.airlock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    description =
        "Writes everything that this home keeps into one file, while the system runs or stands.")
final class BackupCommand extends Subcommand {

  @Parameters(
      paramLabel = "FILE",
      description = "Where to, such as /backups/airlock-2026-11-22.tar.gz. It must not exist.")
  @Nullable Path file;

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  @Override
  void run() {
    if (file == null) {
      throw new IllegalStateException("picocli requires it");
    }
    Settings settings = Settings.read(home(), System.getenv());
    Optional<StateFile.State> running =
        StateFile.of(home()).read().filter(state -> state.up().process().isPresent());
    Meter meter = new Meter(terminal(), json);
    try {
      Backup.Written written =
          new Backup(settings, Distribution.found(), file, meter, running).write();
      if (json) {
        print(json(written, meter).toString());
      } else {
        report(written, meter);
      }
    } catch (IOException e) {
      throw CommandException.failed("The backup could not be written, and there is none: " + e);
    }
  }

  private ObjectNode json(Backup.Written written, Meter meter) {
    BackupManifest manifest = written.manifest();
    ObjectNode answer =
        Api.JSON
            .createObjectNode()
            .put("file", String.valueOf(file))
            .put("cutAt", manifest.cutAt())
            .put("bytes", written.bytes())
            .put("seconds", meter.seconds())
            .put("temporalStoodMillis", written.stoodMillis())
            .put("rows", manifest.rows())
            .put("files", manifest.parts().size());
    answer.set("uncompressed", Api.JSON.valueToTree(Backup.sizes(manifest)));
    answer.set("notCovered", Api.JSON.valueToTree(manifest.notCovered()));
    answer.set("warnings", Api.JSON.valueToTree(written.warnings()));
    return answer;
  }

  private void report(Backup.Written written, Meter meter) {
    BackupManifest manifest = written.manifest();
    print("Everything as of " + manifest.cutAt() + ":");
    contents(manifest).lines().forEach(line -> print("  " + line));
    if (written.stoodMillis() > 0) {
      print("Temporal stood still for " + written.stoodMillis() + " ms; nothing else did.");
    }
    written.warnings().forEach(warning -> print(terminal().bad(warning)));
    if (!manifest.notCovered().isEmpty()) {
      print(terminal().bold("Not in this file:"));
      manifest.notCovered().forEach(sentence -> print("  " + sentence));
    }
    print(
        String.format(
            Locale.ROOT,
            "%s: %s after %.1f s. It holds secrets: only you may read it (mode 0600), and so should any copy be kept.",
            file,
            Meter.size(written.bytes()),
            meter.seconds()));
  }

  /** What a backup holds, for people. */
  static Table contents(BackupManifest manifest) {
    Table table = new Table("WHAT", "SIZE", "");
    Backup.sizes(manifest)
        .forEach(
            (what, bytes) ->
                table.add(
                    what,
                    Meter.size(bytes),
                    switch (what) {
                      case "database" -> manifest.rows() + " rows";
                      case "datasets" -> manifest.filesOf("home/warehouse/") + " files";
                      case "artifacts" -> manifest.filesOf("home/artifacts/") + " files";
                      default -> "";
                    }));
    return table;
  }
}
