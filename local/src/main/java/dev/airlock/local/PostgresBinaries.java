package dev.airlock.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs for this platform, unpacked from the class path into the cache. */
record PostgresBinaries(Path folder) {

  static PostgresBinaries unpacked(Cache cache) {
    String archive = "postgres-" + platform() + ".txz";
    return new PostgresBinaries(
        cache.entry("postgres-" + Versions.of("postgres"), folder -> unpack(archive, folder)));
  }

  Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }

  /** As the archives are named: system, then processor. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean arm = processor.equals("aarch64") || processor.equals("arm64");
    if (system.startsWith("mac")) {
      return arm ? "darwin-arm_64" : "darwin-x86_64";
    }
    return arm ? "linux-arm_64" : "linux-x86_64";
  }

  private static void unpack(String archive, Path folder) throws IOException {
    try (InputStream resource = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (resource == null) {
        throw new LocalServerException(
            "No PostgreSQL for this platform: "
                + archive
                + " is not on the class path. Linux and macOS on x86_64 and arm64 have one;"
                + " elsewhere set AIRLOCK_DATABASE_URL to a server of your own.");
      }
      try (TarArchiveInputStream tar =
          new TarArchiveInputStream(
              new XZCompressorInputStream(new BufferedInputStream(resource)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpack(tar, entry, folder.resolve(entry.getName()).normalize(), folder);
        }
      }
    }
  }

  private static void unpack(
      TarArchiveInputStream tar, TarArchiveEntry entry, Path target, Path folder)
      throws IOException {
    if (!target.startsWith(folder)) {
      throw new IOException("Entry leaves its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.resolve("..").normalize());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    boolean program = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
