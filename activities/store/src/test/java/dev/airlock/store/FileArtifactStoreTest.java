package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileArtifactStoreTest {

  private static final byte[] BYTES = "a model".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private ArtifactStore store() {
    return ArtifactStore.open(folder.toUri());
  }

  @Test
  void shouldGiveBackWhatWasPutUnderItsDigest() throws Exception {
    String digest = store().put(BYTES);

    assertEquals(digest, store().put(BYTES));
    assertArrayEquals(BYTES, store().get(digest));
    assertTrue(store().contains(digest));
    assertEquals(
        folder.resolve("sha256").resolve(digest.substring(0, 2)).resolve(digest),
        store().file(digest));
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(1, files.filter(Files::isRegularFile).count());
    }
  }

  @Test
  void shouldKeepAStreamUnderTheDigestOfItsBytesAndNothingOfOneThatBreaks() throws Exception {
    String digest = store().put(new ByteArrayInputStream(BYTES));

    assertEquals(store().put(BYTES), digest);
    assertEquals(digest, store().put(new ByteArrayInputStream(BYTES)));
    assertArrayEquals(BYTES, store().get(digest));
    InputStream breaking =
        new SequenceInputStream(
            new ByteArrayInputStream("half of a model".getBytes(StandardCharsets.UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the line broke");
              }

              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
              }
            });
    assertEquals(
        "the line broke",
        assertThrows(IOException.class, () -> store().put(breaking)).getMessage());
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(List.of(store().file(digest)), files.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void shouldRemoveWhatAKilledProcessLeftHalfWritten() throws Exception {
    String digest = store().put(BYTES);
    Path root = folder.resolve("sha256");
    Path left = Files.writeString(root.resolve("left.part"), "half of a model");
    Path underWay = Files.writeString(root.resolve("under-way.part"), "half of a model");
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofMinutes(61)));
    Files.setLastModifiedTime(left, longAgo);
    Files.setLastModifiedTime(store().file(digest), longAgo);

    ArtifactStore opened = store();

    assertFalse(Files.exists(left));
    assertTrue(Files.exists(underWay));
    assertArrayEquals(BYTES, opened.get(digest));
  }

  @Test
  void shouldRefuseBytesThatAreNotThoseOfTheDigest() throws Exception {
    String digest = store().put(BYTES);
    Files.writeString(store().file(digest), "another model");

    ArtifactException failure = assertThrows(ArtifactException.class, () -> store().get(digest));

    assertTrue(failure.toString().contains("is damaged"), failure.toString());
  }

  @Test
  void shouldNameTheFileWhenAnArtifactIsMissing() {
    String digest = "0".repeat(64);

    assertFalse(store().contains(digest));
    ArtifactException failure = assertThrows(ArtifactException.class, () -> store().get(digest));
    assertTrue(failure.toString().contains(folder.toString()), failure.toString());
  }

  @Test
  void shouldRefuseNamesThatAreNoDigests() {
    for (String name : List.of("", "../../etc/passwd", "ABC", "0".repeat(63))) {
      assertThrows(ArtifactException.class, () -> store().get(name));
    }
  }

  @Test
  void shouldRefuseObjectStoresWithASentence() {
    ArtifactException failure =
        assertThrows(
            ArtifactException.class, () -> ArtifactStore.open(URI.create("s3a://bucket/models")));

    assertTrue(failure.toString().contains("s3a://bucket/models"), failure.toString());
  }
}
