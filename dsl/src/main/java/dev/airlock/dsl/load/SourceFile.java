package dev.airlock.dsl.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.dsl.PipelineSource;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A pipeline as one source file. To it belong the files beside it that it names in quotes, such as
 * {@code Sql.resource("orders.sql")}, and all that lies in a folder beside it that has its name
 * without {@code .java}; in the jar that it becomes, those lie at the root and beside the class.
 */
public final class SourceFile {

  /** The most bytes that a file and what belongs to it may have together. */
  public static final long LARGEST = 64L << 20;

  private static final String JAVA = ".java";
  private static final int MOST_RESOURCES = 1_000;
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n])+)\"");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+([\\w.]+)\\s*;");

  private final Path file;
  private final String text;
  private final SortedMap<String, Path> resources;

  private SourceFile(Path file, String text, SortedMap<String, Path> resources) {
    this.file = file;
    this.text = text;
    this.resources = resources;
  }

  /**
   * What came of compiling.
   *
   * @param jar the bytes of a jar, the same for the same files; of no length where there are faults
   * @param faults everything that the compiler has against it, in the order of the text
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares these.
  public record Compiled(byte[] jar, List<SourceFault> faults) {
    public Compiled {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads a source file and finds what belongs to it.
   *
   * @throws IOException where it can't be read
   */
  public static SourceFile read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException(
          "it has %,d bytes; a source file has at most %,d".formatted(Files.size(file), LARGEST));
    }
    String text = Files.readString(file);
    SortedMap<String, Path> resources = new TreeMap<>();
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder != null) {
      named(text, folder).forEach(path -> resources.put(entry(folder, path), path));
      Path own = folder.resolve(stem(file));
      if (Files.isDirectory(own)) {
        try (Stream<Path> found = Files.walk(own)) {
          found
              .filter(Files::isRegularFile)
              .sorted()
              .limit(MOST_RESOURCES)
              .forEach(path -> resources.put(entry(own, path), path));
        }
      }
    }
    return new SourceFile(file, text, resources);
  }

  private static List<Path> named(String text, Path folder) {
    List<Path> named = new ArrayList<>();
    Matcher literal = LITERAL.matcher(text);
    while (literal.find() && named.size() < MOST_RESOURCES) {
      try {
        String name = literal.group(1);
        Path path = folder.resolve(name.startsWith("/") ? name.substring(1) : name).normalize();
        if (path.startsWith(folder) && isResource(path)) {
          named.add(path);
        }
      } catch (InvalidPathException e) {
        // Not every text is the name of a file.
      }
    }
    return named;
  }

  private static boolean isResource(Path path) {
    String name = path.toString();
    return !name.endsWith(JAVA) && !name.endsWith(".jar") && Files.isRegularFile(path);
  }

  private static String entry(Path folder, Path path) {
    return folder.relativize(path).toString().replace(File.separatorChar, '/');
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - JAVA.length());
  }

  /** The file itself, and those that belong to it. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(file));
    files.addAll(resources.values());
    return files;
  }

  /** What a pipeline is compiled against: where the DSL's classes come from. */
  public static Path dsl() {
    return place(PipelineSource.class);
  }

  /** The jar or folder that a class comes from. */
  public static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Nobody knows where " + type + " comes from.", e);
    }
  }

  /**
   * Compiles it for Java 17, without annotation processors.
   *
   * @param classPath what it may use beside the JDK
   * @throws IOException where something that belongs to it can't be read
   */
  public Compiled compile(List<Path> classPath) throws IOException {
    String name = String.valueOf(file.getFileName());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      return refused(
          "This Java has no compiler; start the worker with a JDK 17, or publish a jar.");
    }
    long size = 0;
    for (Path path : files()) {
      size += Files.size(path);
    }
    if (size > LARGEST) {
      return refused(
          "It has %,d bytes with the files that belong to it; at most %,d can be published. Let it name where the rows are instead."
              .formatted(size, LARGEST));
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    SortedMap<String, byte[]> entries = new TreeMap<>();
    try (Classes classes =
        new Classes(compiler.getStandardFileManager(found, Locale.ENGLISH, UTF_8))) {
      boolean isWell =
          compiler
              .getTask(
                  Writer.nullWriter(),
                  classes,
                  found,
                  options(classPath),
                  null,
                  List.of(new Text(name, text)))
              .call();
      List<SourceFault> faults =
          found.getDiagnostics().stream()
              .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
              .map(diagnostic -> fault(name, diagnostic))
              .toList();
      if (!isWell || !faults.isEmpty()) {
        return new Compiled(
            new byte[0],
            faults.isEmpty()
                ? List.of(new SourceFault(name, 0, 0, "The compiler refuses it."))
                : faults);
      }
      classes.written.forEach((type, bytes) -> entries.put(type, bytes.toByteArray()));
    }
    addResources(entries);
    entries.put("META-INF/airlock/" + name, text.getBytes(UTF_8));
    return new Compiled(pack(entries), List.of());
  }

  private Compiled refused(String why) {
    String name = String.valueOf(file.getFileName());
    return new Compiled(new byte[0], List.of(new SourceFault(name, 0, 0, why)));
  }

  private static List<String> options(List<Path> classPath) {
    String places =
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return List.of(
        "-proc:none",
        "-parameters",
        "-g",
        "-nowarn",
        "-Xlint:none",
        "-implicit:none",
        "--release",
        "17",
        "-cp",
        places);
  }

  /** The compiler's lines as one sentence: what it says below is what it speaks of. */
  private static SourceFault fault(String name, Diagnostic<? extends JavaFileObject> diagnostic) {
    List<String> lines = diagnostic.getMessage(Locale.ENGLISH).lines().map(String::strip).toList();
    String more =
        lines.stream()
            .skip(1)
            .map(line -> line.replaceAll("\\s+", " "))
            .collect(Collectors.joining(", "));
    return new SourceFault(
        name,
        (int) Math.max(0, diagnostic.getLineNumber()),
        (int) Math.max(0, diagnostic.getColumnNumber()),
        lines.get(0) + (more.isEmpty() ? "" : " (" + more + ")"));
  }

  private void addResources(Map<String, byte[]> entries) throws IOException {
    Matcher declared = PACKAGE.matcher(text);
    String beside = declared.find() ? declared.group(1).replace('.', '/') + "/" : "";
    for (Map.Entry<String, Path> resource : resources.entrySet()) {
      byte[] bytes = Files.readAllBytes(resource.getValue());
      entries.put(resource.getKey(), bytes);
      entries.put(beside + resource.getKey(), bytes);
    }
  }

  private static byte[] pack(SortedMap<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        JarEntry entry = new JarEntry(each.getKey());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        jar.putNextEntry(entry);
        jar.write(each.getValue());
        jar.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't be written to", e);
    }
    return bytes.toByteArray();
  }

  /** The source as it was read. */
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String name, String text) {
      super(URI.create("string:///" + name), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what the compiler writes. */
  private static final class Classes extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final SortedMap<String, ByteArrayOutputStream> written = new TreeMap<>();

    Classes(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      String entry = className.replace('.', '/') + kind.extension;
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      written.put(entry, bytes);
      return new SimpleJavaFileObject(URI.create("mem:///" + entry), kind) {
        @Override
        public OutputStream openOutputStream() {
          return bytes;
        }
      };
    }
  }
}
