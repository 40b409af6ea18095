package dev.airlock.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Finds the {@code temporal} program: on the PATH, in the cache, among its official releases (the
 * checksum is pinned), or by building it with Go.
 */
final class TemporalInstaller {

  private static final String VERSION = Versions.of("temporal");

  private static final URI RELEASES =
      URI.create("https://github.com/temporalio/cli/releases/download/v" + VERSION + "/");

  private static final String PROGRAM = "temporal";
  private static final String GO_MODULE = "github.com/temporalio/cli/cmd/temporal@v" + VERSION;
  private static final Pattern GO_VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");
  private static final int GO_MINOR = 25;

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration DOWNLOAD = Duration.ofMinutes(10);

  private final Cache cache;
  private final String path;
  private final URI releases;
  private final UnaryOperator<String> checksums;
  private final Consumer<String> progress;
  private final List<String> tried = new ArrayList<>();

  TemporalInstaller(
      Cache cache,
      String path,
      URI releases,
      UnaryOperator<String> checksums,
      Consumer<String> progress) {
    this.cache = cache;
    this.path = path;
    this.releases = releases;
    this.checksums = checksums;
    this.progress = progress;
  }

  static TemporalInstaller ofUser(Consumer<String> progress) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return new TemporalInstaller(
        Cache.ofUser(), path, RELEASES, TemporalInstaller::pinned, progress);
  }

  /** SHA-256 of the release's archive for a platform; empty where there is none. */
  private static String pinned(String platform) {
    return Versions.of("temporal.sha256." + platform);
  }

  /** What is there already; nothing is fetched or built. */
  Optional<Path> present() {
    Path cached = cached();
    return onPath(PROGRAM)
        .filter(TemporalInstaller::runs)
        .or(() -> Files.isExecutable(cached) ? Optional.of(cached) : Optional.empty());
  }

  TemporalBinary obtained() {
    return present()
        .or(this::downloaded)
        .or(this::built)
        .<TemporalBinary>map(TemporalBinary.Found::new)
        .orElseGet(() -> new TemporalBinary.Missing(tried, remedies()));
  }

  private static List<String> remedies() {
    return List.of(
        "apt-get install golang-go    (Go 1.25 or newer; then start again: Airlock builds it)",
        "brew install temporal",
        "go install " + GO_MODULE + "    (with $(go env GOPATH)/bin on the PATH)");
  }

  private Path cached() {
    return cache.entry(entryName()).resolve(PROGRAM);
  }

  private static String entryName() {
    return "temporal-" + VERSION;
  }

  private Optional<Path> onPath(String program) {
    for (String folder : path.split(":", -1)) {
      Path candidate = Path.of(folder).resolve(program);
      if (!folder.isBlank() && Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean runs(Path program) {
    Commands.Result result = Commands.run(program.toString(), "--version");
    return result.done() && result.output().contains(PROGRAM);
  }

  private Optional<Path> downloaded() {
    String platform = platform();
    String checksum = checksums.apply(platform);
    if (checksum.isEmpty()) {
      tried.add("there is no release for " + platform);
      return Optional.empty();
    }
    URI archive = releases.resolve("temporal_cli_%s_%s.tar.gz".formatted(VERSION, platform));
    progress.accept("Fetching Temporal " + VERSION + " from " + archive);
    try {
      return Optional.of(
          cache.file(entryName(), PROGRAM, folder -> fetch(archive, checksum, folder)));
    } catch (RuntimeException e) {
      String why = e.getCause() == null ? e.getMessage() : String.valueOf(e.getCause());
      tried.add("the release cannot be fetched (" + why + ")");
      return Optional.empty();
    }
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (system.startsWith("mac") ? "darwin" : "linux")
        + (processor.equals("aarch64") || processor.equals("arm64") ? "_arm64" : "_amd64");
  }

  private static void fetch(URI archive, String checksum, Path folder) throws IOException {
    Path download = folder.resolve("download.tar.gz");
    String digest = download(archive, download);
    if (!digest.equals(checksum)) {
      throw new IOException(
          archive + " has SHA-256 " + digest + ", expected " + checksum + "; not installed");
    }
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(
                new BufferedInputStream(Files.newInputStream(download))))) {
      extract(tar, folder.resolve(PROGRAM));
    }
    Files.delete(download);
  }

  private static void extract(TarArchiveInputStream tar, Path program) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.getName().equals(PROGRAM)) {
        Files.copy(tar, program);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return;
      }
    }
    throw new IOException("The archive holds no temporal");
  }

  private static String download(URI from, Path to) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .build();
    HttpRequest request = HttpRequest.newBuilder(from).timeout(DOWNLOAD).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream body = new DigestInputStream(response.body(), digest);
          OutputStream file = Files.newOutputStream(to)) {
        if (response.statusCode() != 200) {
          throw new IOException(from + " answers " + response.statusCode());
        }
        body.transferTo(file);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while fetching " + from, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private Optional<Path> built() {
    Optional<Path> go = onPath("go");
    if (go.isEmpty()) {
      tried.add("Go is not installed, so it cannot be built");
      return Optional.empty();
    }
    String version = Commands.run(go.get().toString(), "version").output().strip();
    if (!isRecent(version)) {
      tried.add("Go 1." + GO_MINOR + " or newer is needed to build it, found: " + version);
      return Optional.empty();
    }
    progress.accept("Building Temporal " + VERSION + " with Go: 3 to 10 minutes, once");
    try {
      return Optional.of(cache.file(entryName(), PROGRAM, folder -> build(go.get(), folder)));
    } catch (LocalServerException e) {
      tried.add(e.getMessage());
      return Optional.empty();
    }
  }

  static boolean isRecent(String version) {
    Matcher numbers = GO_VERSION.matcher(version);
    if (!numbers.find()) {
      return false;
    }
    int major = Integer.parseInt(numbers.group(1));
    return major > 1 || (major == 1 && Integer.parseInt(numbers.group(2)) >= GO_MINOR);
  }

  private void build(Path go, Path folder) {
    Commands.Result result =
        Commands.run(
            List.of(go.toString(), "install", "-v", GO_MODULE),
            Map.of("GOBIN", folder.toString(), "GOFLAGS", "", "CGO_ENABLED", "0"),
            "",
            progress);
    if (!result.done()) {
      String output = result.output().strip();
      String end = output.substring(Math.max(0, output.length() - 500));
      throw new LocalServerException("`go install " + GO_MODULE + "` failed: " + end);
    }
  }
}
