package dev.airlock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description = "Makes a new home out of a backup. The system in it starts with `up`.")
final class RestoreCommand extends Subcommand {

  @Parameters(paramLabel = "FILE", description = "What `backup` has written.")
  @Nullable Path file;

  @Option(
      names = "--check",
      description = "Compares all of the file with its manifest, and writes nothing.")
  boolean check;

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  @Override
  void run() {
    if (file == null) {
      throw new IllegalStateException("picocli requires it");
    }
    Meter meter = new Meter(terminal(), json);
    Restore restore = new Restore(file, home(), System.getenv(), Distribution.found(), meter);
    try {
      BackupManifest manifest = check ? restore.check() : restore.restore();
      if (json) {
        print(json(manifest, meter).toString());
      } else {
        report(manifest, meter);
      }
    } catch (IOException e) {
      throw CommandException.failed("The backup could not be restored, and nothing was: " + e);
    }
  }

  private ObjectNode json(BackupManifest manifest, Meter meter) {
    ObjectNode answer =
        Api.JSON
            .createObjectNode()
            .put("file", String.valueOf(file))
            .put("cutAt", manifest.cutAt())
            .put("restored", !check)
            .put("home", home().root().toString())
            .put("seconds", meter.seconds())
            .put("rows", manifest.rows())
            .put("files", manifest.parts().size());
    answer.set("uncompressed", Api.JSON.valueToTree(Backup.sizes(manifest)));
    answer.set("notCovered", Api.JSON.valueToTree(manifest.notCovered()));
    answer.set("toDo", Api.JSON.valueToTree(toDo()));
    return answer;
  }

  private void report(BackupManifest manifest, Meter meter) {
    print(
        "Everything of %s as of %s, by Airlock %s:"
            .formatted(manifest.home(), manifest.cutAt(), manifest.airlock()));
    BackupCommand.contents(manifest).lines().forEach(line -> print("  " + line));
    if (!manifest.notCovered().isEmpty()) {
      print(terminal().bold("Not in this file:"));
      manifest.notCovered().forEach(sentence -> print("  " + sentence));
    }
    if (check) {
      print(String.format(Locale.ROOT, "The file is whole (%.1f s).", meter.seconds()));
      return;
    }
    toDo().forEach(sentence -> print(terminal().bold(sentence)));
    print(
        String.format(
            Locale.ROOT,
            "Restored into %s after %.1f s. `airlock up --home %s` goes on where it stood: schedules start runs, alerts are sent. Make sure that the old system is stopped.",
            home().root(),
            meter.seconds(),
            home().root()));
  }

  /** What people have to do before the system can start, as its settings are now. */
  private List<String> toDo() {
    List<String> sentences = new ArrayList<>();
    if (check) {
      return sentences;
    }
    Settings settings = Settings.read(home(), System.getenv());
    for (String name : List.of("AIRLOCK_ARTIFACTS", "AIRLOCK_PIPELINES")) {
      String folder = name.equals("AIRLOCK_ARTIFACTS") ? "artifacts" : "pipelines";
      settings
          .folder(name)
          .filter(path -> !path.equals(home().root().resolve(folder)))
          .ifPresent(
              path ->
                  sentences.add(
                      "%s names %s: move what lies in %s there before `up`."
                          .formatted(name, path, home().root().resolve(folder))));
    }
    return sentences;
  }
}
