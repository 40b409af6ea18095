package dev.airlock.web.audit;

import dev.airlock.store.AuditHead;
import dev.airlock.workflows.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The heads that were signed, one a line, only ever longer. Each line names the one before by its
 * digest, so that none can be taken out of the middle. A last line without an end is what a process
 * left that died, or found the disk full, while it wrote: it was never signed for anybody, and the
 * next one takes its place.
 */
final class HeadsFile {
  private final Path file;
  private final AnchorKey key;

  HeadsFile(Path file, AnchorKey key) {
    this.file = file;
    this.key = key;
  }

  /**
   * What the file holds.
   *
   * @param heads those that this system has signed
   * @param faults what is wrong with the others, one sentence each
   * @param last the digest of the last line
   * @param length of all whole lines, in bytes
   */
  record Content(List<SignedHead> heads, List<String> faults, String last, long length) {
    Content {
      heads = List.copyOf(heads);
      faults = List.copyOf(faults);
    }
  }

  Content read() throws IOException {
    List<SignedHead> heads = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    String last = SignedHead.BEGINNING;
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] != '\n') {
      length--;
    }
    List<String> lines = new String(bytes, 0, length, StandardCharsets.UTF_8).lines().toList();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      try {
        SignedHead head = Json.read(line, SignedHead.class);
        if (!key.hasSigned(head.signed(), head.signature())) {
          faults.add("Line %d of %s is not signed by this system's key.".formatted(number, file));
        } else if (!head.previous().equals(last)) {
          faults.add("Before line %d of %s another line is gone.".formatted(number, file));
          heads.add(head);
        } else {
          heads.add(head);
        }
      } catch (IllegalArgumentException e) {
        faults.add("Line %d of %s is no signed head.".formatted(number, file));
      }
      last = Json.digest(line.getBytes(StandardCharsets.UTF_8));
    }
    return new Content(heads, faults, last, length);
  }

  /**
   * Signs a head and writes it down; it is on the disk when this returns. Where that fails, the
   * file is as it was.
   *
   * @param content what {@link #read} has found, in the same turn
   */
  void append(AuditHead head, Content content) throws IOException, GeneralSecurityException {
    String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    String previous = content.last();
    String signature = key.sign(SignedHead.signed(head, at, previous));
    String line =
        Json.write(new SignedHead(head.sequence(), head.hash(), at, previous, signature)) + "\n";
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(content.length());
      try {
        write(channel.position(content.length()), line);
      } catch (IOException e) {
        channel.truncate(content.length());
        throw e;
      }
    }
  }

  private static void write(FileChannel channel, String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }
}
