package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/** Artifacts as files: {@code sha256/ab/abcd…}. */
final class FileArtifactStore implements ArtifactStore {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path root;

  FileArtifactStore(Path root) {
    this.root = root.resolve("sha256");
  }

  @Override
  public String put(byte[] bytes) {
    String digest = Json.digest(bytes);
    Path target = place(digest);
    if (Files.exists(target)) {
      return digest;
    }
    Path folder = folder(digest);
    Path draft = folder.resolve(digest + "." + UUID.randomUUID() + ".part");
    try {
      Files.createDirectories(folder);
      write(draft, bytes);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(folder);
      return digest;
    } catch (IOException e) {
      throw new ArtifactException(
          "Artifact " + digest + " cannot be kept in " + target + ": " + e.getMessage(), e);
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  /** The new name itself must survive a power cut, too. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public byte[] get(String digest) {
    Path file = file(digest);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ArtifactException(
          "Artifact " + digest + " cannot be read from " + file + ": " + e.getMessage(), e);
    }
    String found = Json.digest(bytes);
    if (!found.equals(digest)) {
      throw new ArtifactException(
          "Artifact %s is damaged: %s holds bytes of digest %s. Restore the file from a backup."
              .formatted(digest, file, found));
    }
    return bytes;
  }

  @Override
  public boolean contains(String digest) {
    return Files.exists(place(digest));
  }

  @Override
  public Path file(String digest) {
    Path file = place(digest);
    if (!Files.exists(file)) {
      throw new ArtifactException(
          "There is no artifact " + digest + ": expected it at " + file + ".");
    }
    return file;
  }

  private Path place(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new ArtifactException(
          "'" + digest + "' is no digest: expected 64 lower-case hex digits.");
    }
    return folder(digest).resolve(digest);
  }

  private Path folder(String digest) {
    return root.resolve(digest.substring(0, 2));
  }
}
