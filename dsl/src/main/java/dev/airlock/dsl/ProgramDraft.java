package dev.airlock.dsl;

import dev.airlock.dsl.graph.FileSpec;
import dev.airlock.dsl.graph.ProgramLimits;
import dev.airlock.dsl.graph.ProgramSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program while it is being written. */
final class ProgramDraft {

  private static final long LEAST_MEMORY = 16L << 20;
  private static final int FEWEST_FILES = 16;

  private final List<Object> command = new ArrayList<>();
  private final List<PendingFile> files = new ArrayList<>();
  private final Map<String, Object> environment = new LinkedHashMap<>();
  private @Nullable String directory;
  private @Nullable Class<?> result;
  private ProgramLimits limits = ProgramLimits.NONE;

  /** A resource beside a class, or a text. */
  private record PendingFile(String name, @Nullable Class<?> beside, @Nullable String content) {}

  ProgramDraft copy() {
    ProgramDraft copy = new ProgramDraft();
    copy.command.addAll(command);
    copy.files.addAll(files);
    copy.environment.putAll(environment);
    copy.directory = directory;
    copy.result = result;
    copy.limits = limits;
    return copy;
  }

  ProgramDraft arguments(List<?> more) {
    command.addAll(more);
    return this;
  }

  ProgramDraft file(String name, @Nullable Class<?> beside, @Nullable String content) {
    files.add(new PendingFile(name, beside, content));
    return this;
  }

  ProgramDraft variable(String name, Object value) {
    environment.put(name, value);
    return this;
  }

  ProgramDraft directory(String absolute) {
    directory = absolute;
    return this;
  }

  ProgramDraft result(Class<?> type) {
    result = type;
    return this;
  }

  ProgramLimits limits() {
    return limits;
  }

  ProgramDraft limits(ProgramLimits given) {
    limits = given;
    return this;
  }

  List<Stage<?>> stages() {
    return Values.stages(values()).toList();
  }

  List<Param<?>> params() {
    return Values.params(values()).toList();
  }

  private List<Object> values() {
    return Stream.concat(command.stream(), environment.values().stream()).toList();
  }

  ProgramSpec spec(Findings findings) {
    checkDirectory(findings);
    checkLimits(findings);
    return new ProgramSpec(
        command(findings),
        files.stream().flatMap(file -> file(file, findings)).toList(),
        environment(findings),
        directory,
        ResultTypes.name(result, findings),
        limits);
  }

  private List<ValueSpec> command(Findings findings) {
    List<ValueSpec> specs = new ArrayList<>();
    for (Object value : command) {
      if (value instanceof Secret secret) {
        findings.add(
            "The secret '%s' is an argument, which everybody on the machine can read."
                .formatted(secret.name()),
            "Give it by .environment(…).");
      } else {
        Values.spec(value, Form.FILE, "An argument", findings).ifPresent(specs::add);
      }
    }
    return specs;
  }

  private SortedMap<String, ValueSpec> environment(Findings findings) {
    SortedMap<String, ValueSpec> specs = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            findings.add(
                "'%s' is no name for a variable.".formatted(name),
                "Use letters, digits and underscores.");
          } else if (name.startsWith("AIRLOCK_")) {
            findings.add(
                "The variable %s is Airlock's own.".formatted(name), "Give it another name.");
          }
          Values.spec(value, Form.FILE, "The variable " + name, findings)
              .ifPresent(spec -> specs.put(name, spec));
        });
    return specs;
  }

  private static Stream<FileSpec> file(PendingFile file, Findings findings) {
    String name = file.name().startsWith("/") ? file.name().substring(1) : file.name();
    if (name.isBlank() || List.of(name.split("/", -1)).contains("..")) {
      findings.add(
          "The file '%s' would not lie in the working directory.".formatted(file.name()),
          "Give a path without '..'.");
      return Stream.of();
    }
    Class<?> beside = file.beside();
    if (beside == null) {
      return Stream.of(new FileSpec(name, null, file.content()));
    }
    return resource(beside, file.name(), findings).map(path -> new FileSpec(name, path, null));
  }

  /** Its path from the root of the jar: beside the class, or at the root itself. */
  private static Stream<String> resource(Class<?> beside, String name, Findings findings) {
    String folder = beside.getPackageName().replace('.', '/');
    if (!name.startsWith("/") && beside.getResource(name) != null) {
      return Stream.of(folder.isEmpty() ? name : folder + "/" + name);
    }
    String fromRoot = name.startsWith("/") ? name : "/" + name;
    if (beside.getResource(fromRoot) != null) {
      return Stream.of(fromRoot.substring(1));
    }
    findings.add(
        "There is no resource '%s' beside %s nor at the root of its class path."
            .formatted(name, beside.getName()),
        "Put it at src/main/resources/%s/%s.".formatted(folder, name));
    return Stream.of();
  }

  private void checkDirectory(Findings findings) {
    if (directory != null && !directory.startsWith("/")) {
      findings.add(
          "The directory '%s' is not absolute.".formatted(directory),
          "Begin it with /, or leave .directory(…) away for a fresh one each attempt.");
    }
  }

  private void checkLimits(Findings findings) {
    Long memory = limits.memoryBytes();
    if (memory != null && memory < LEAST_MEMORY) {
      findings.add(
          "It may use %d bytes of memory.".formatted(memory),
          "Give it at least %d: .memory(512L << 20) is 512 MiB.".formatted(LEAST_MEMORY));
    }
    Duration cpuTime = limits.cpuTime();
    if (cpuTime != null && cpuTime.toSeconds() < 1) {
      findings.add(
          "It may use %s of the processor.".formatted(cpuTime), "Give it a second at least.");
    }
    Integer open = limits.openFiles();
    if (open != null && open < FEWEST_FILES) {
      findings.add(
          "It may have %d files open.".formatted(open),
          "Give it at least %d.".formatted(FEWEST_FILES));
    }
    Long file = limits.fileBytes();
    if (file != null && file < 1) {
      findings.add("It may write files of %d bytes.".formatted(file), "Give it a byte at least.");
    }
  }
}
