package dev.airlock.system;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Classes that know somebody whom they must not know, compiled for the purpose. */
final class Trespassers {

  private Trespassers() {}

  /**
   * One class for each stranger, in a sub-package of the module, that uses a class in a sub-package
   * of the stranger.
   */
  static JavaClasses in(Path folder, String module, List<String> strangers) {
    List<Path> sources = new ArrayList<>();
    for (int i = 0; i < strangers.size(); i++) {
      String stranger = strangers.get(i);
      boolean ofTheJdk = stranger.equals("java.sql");
      String seen = ofTheJdk ? "java.sql.Connection" : stranger + ".inside.Resident";
      sources.add(
          write(folder, "dev.airlock." + module + ".inside", "Trespasser" + i, seen + " seen;"));
      if (!ofTheJdk) {
        sources.add(write(folder, stranger + ".inside", "Resident", ""));
      }
    }
    compile(folder, sources);
    return new ClassFileImporter().importPath(folder);
  }

  private static Path write(Path folder, String packageName, String name, String body) {
    try {
      Path file = folder.resolve(packageName.replace('.', '/')).resolve(name + ".java");
      Files.createDirectories(file.getParent());
      return Files.writeString(
          file, "package %s; public class %s { %s }".formatted(packageName, name, body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compile(Path folder, List<Path> sources) {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    String[] arguments =
        Stream.concat(
                Stream.of("-proc:none", "-d", folder.toString()),
                sources.stream().map(Path::toString))
            .toArray(String[]::new);
    if (javac.run(null, null, null, arguments) != 0) {
      throw new AssertionError("The trespassers must compile: " + sources);
    }
  }
}
