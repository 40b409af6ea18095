package dev.airlock.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "new", description = "Makes a project: a pipeline, its test, its build.")
final class NewCommand extends Subcommand {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final LocalDate FIRST_MONTH_END = LocalDate.of(2025, 1, 31);
  private static final int MONTHS = 5;
  private static final int SUBSCRIBERS = 300;

  @Parameters(paramLabel = "NAME", description = "Lower-case words joined by hyphens.")
  String name = "";

  @Override
  void run() {
    if (!NAME.matcher(name).matches()) {
      throw CommandException.wrongUse(
          "'"
              + name
              + "' is no name: expected lower-case words joined by hyphens, such as my-model.");
    }
    if (isTaken()) {
      throw CommandException.wrongUse(
          "'%s' is no name for a project: Java, or the project's own source, has the package %s or the type %s already. Try my-%s."
              .formatted(name, words(), type(), name));
    }
    Path folder = Path.of(name).toAbsolutePath();
    if (Files.exists(folder)) {
      throw CommandException.wrongUse(folder + " is there already: choose another name.");
    }
    write(folder);
    print("Made " + folder + ". Next:");
    print("  cd " + name + " && mvn -q package");
    print("  airlock publish target/" + name + ".jar && airlock run " + name + " --wait");
  }

  private String words() {
    return name.replace("-", "");
  }

  private String type() {
    return Arrays.stream(name.split("-", -1))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  /** Whether the project's source would not compile, or would not mean what it says. */
  private boolean isTaken() {
    return SourceVersion.isKeyword(words())
        || words().equals("java")
        || Object.class.getResource(type() + ".class") != null
        || imports("Pipeline.java", type())
        || imports("PipelineTest.java", type());
  }

  private static boolean imports(String template, String type) {
    return template(template)
        .lines()
        .anyMatch(line -> line.startsWith("import ") && line.endsWith("." + type + ";"));
  }

  void write(Path folder) {
    String words = words();
    String java = "src/main/java/" + words + "/";
    String type = type();
    Map<String, String> values =
        Map.of(
            "name", name,
            "package", words,
            "type", type,
            "version", Distribution.build("version"),
            "junit", Distribution.build("junit.version"));
    put("pom.xml", folder.resolve("pom.xml"), values);
    put("README.md", folder.resolve("README.md"), values);
    put("Pipeline.java", folder.resolve(java + type + ".java"), values);
    put(
        "PipelineTest.java",
        folder.resolve("src/test/java/" + words + "/" + type + "Test.java"),
        values);
    put(
        "features.sql",
        folder.resolve("src/main/resources/" + words + "/" + name + ".sql"),
        values);
    put(folder.resolve("src/main/resources/" + name + ".csv"), rows());
    put(folder.resolve(".gitignore"), "target/\n.airlock/\n");
  }

  private static void put(String template, Path file, Map<String, String> values) {
    String text = template(template);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("{{" + value.getKey() + "}}", value.getValue());
    }
    put(file, text);
  }

  private static String template(String name) {
    try (InputStream stream = NewCommand.class.getResourceAsStream("project/" + name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The template " + name + " cannot be read", e);
    }
  }

  private static void put(Path file, String text) {
    try {
      Files.createDirectories(file.resolve("..").normalize());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** Made-up subscribers at month ends; those who log in often tend to stay. Always the same. */
  private static String rows() {
    Random random = new Random(42);
    StringBuilder csv = new StringBuilder("month_end,subscriber,logins,tickets,renewed\n");
    for (int month = 0; month < MONTHS; month++) {
      LocalDate monthEnd = FIRST_MONTH_END.plusDays(1).plusMonths(month).minusDays(1);
      for (int subscriber = 1; subscriber <= SUBSCRIBERS; subscriber++) {
        int logins = random.nextInt(30);
        int tickets = random.nextInt(5);
        boolean renewed = random.nextGaussian() * 8 + logins - 3 * tickets > 6;
        csv.append(
            "%s,%d,%d,%d,%d\n".formatted(monthEnd, subscriber, logins, tickets, renewed ? 1 : 0));
      }
    }
    return csv.toString();
  }
}
