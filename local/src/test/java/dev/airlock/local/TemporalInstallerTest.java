package dev.airlock.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TemporalInstallerTest {

  private static final String PROGRAM = "#!/bin/sh\necho temporal version 1.5.1\n";

  private final Path folder;

  private final List<String> progress = new ArrayList<>();
  private final HttpServer releases;
  private final byte[] archive;

  TemporalInstallerTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    archive = archive();
    releases = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    releases.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, archive.length);
          exchange.getResponseBody().write(archive);
          exchange.close();
        });
    releases.start();
  }

  @AfterEach
  void close() {
    releases.stop(0);
  }

  @Test
  void shouldTakeTheOneOnThePathWhenItRuns() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path program = executable(bin.resolve("temporal"), PROGRAM);
    assertEquals(new TemporalBinary.Found(program), installer(bin.toString(), "").obtained());
    assertTrue(progress.isEmpty(), progress::toString);
  }

  @Test
  void shouldFetchTheReleaseWhenItsChecksumIsRight() throws IOException {
    TemporalInstaller installer = installer("", sha256(archive));
    TemporalBinary.Found found = assertInstanceOf(TemporalBinary.Found.class, installer.obtained());
    assertEquals(PROGRAM, Files.readString(found.program()));
    assertTrue(Files.isExecutable(found.program()));
    assertEquals(1, progress.size());
    assertEquals(found.program(), installer("", "").present().orElseThrow(), "cached");
  }

  @Test
  void shouldInstallNothingWhenTheChecksumIsWrong() throws IOException {
    TemporalBinary.Missing missing =
        assertInstanceOf(TemporalBinary.Missing.class, installer("", "00".repeat(32)).obtained());
    assertTrue(missing.sentence().contains("expected 0000"), missing::sentence);
    assertTrue(missing.sentence().contains("Go is not installed"), missing::sentence);
    assertTrue(missing.sentence().contains("apt-get install"), missing::sentence);
    try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
      assertTrue(left.allMatch(TemporalInstallerTest::isEmpty), "nothing stays behind");
    }
  }

  @Test
  void shouldNotTakeAnUnfinishedFolderForAProgram() throws IOException {
    Files.createDirectories(folder.resolve("cache/temporal-1.5.1/building"));
    assertInstanceOf(TemporalBinary.Missing.class, installer("", "00").obtained());
    TemporalBinary.Found found =
        assertInstanceOf(TemporalBinary.Found.class, installer("", sha256(archive)).obtained());
    assertEquals(PROGRAM, Files.readString(found.program()));
  }

  private static boolean isEmpty(Path entry) {
    try (Stream<Path> files = Files.list(entry)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldNameTheGoThatIsTooOld() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("go"), "#!/bin/sh\necho go version go1.19.8 linux/amd64\n");
    TemporalBinary.Missing missing =
        assertInstanceOf(TemporalBinary.Missing.class, installer(bin.toString(), "00").obtained());
    assertTrue(missing.sentence().contains("go1.19.8"), missing::sentence);
    assertFalse(progress.stream().anyMatch(line -> line.startsWith("Building")));
  }

  @Test
  void shouldBuildWithGoWhenNoReleaseCanBeFetched() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(
        bin.resolve("go"),
        """
        #!/bin/sh
        [ "$1" = version ] && echo go version go1.26.8 linux/amd64 && exit
        echo "compiling $*"
        printf 'built' > "$GOBIN/temporal"
        chmod 755 "$GOBIN/temporal"
        """);
    TemporalBinary.Found found =
        assertInstanceOf(TemporalBinary.Found.class, installer(bin.toString(), "00").obtained());
    assertEquals("built", Files.readString(found.program()));
    assertTrue(
        progress.contains("compiling install -v github.com/temporalio/cli/cmd/temporal@v1.5.1"),
        progress::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "go version go1.25 linux/amd64, true",
    "go version go1.26.8 linux/amd64, true",
    "go version go2.0 linux/amd64, true",
    "go version go1.24.9 linux/amd64, false",
    "something else, false"
  })
  void shouldKnowWhichGoIsRecentEnough(String version, boolean recent) {
    assertEquals(recent, TemporalInstaller.isRecent(version));
  }

  private TemporalInstaller installer(String path, String checksum) {
    return new TemporalInstaller(
        new Cache(folder.resolve("cache")),
        path,
        URI.create("http://127.0.0.1:" + releases.getAddress().getPort() + "/"),
        platform -> checksum,
        progress::add);
  }

  private static Path executable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      add(tar, "LICENSE", "a licence");
      add(tar, "temporal", PROGRAM);
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
