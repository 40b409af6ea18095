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
 * digest, so that none can be taken out of the middle.
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
   */
  record Content(List<SignedHead> heads, List<String> faults, String last) {
    Content {
      heads = List.copyOf(heads);
      faults = List.copyOf(faults);
    }
  }

  Content read() throws IOException {
    List<SignedHead> heads = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    String last = SignedHead.BEGINNING;
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
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
    return new Content(heads, faults, last);
  }

  /** Signs a head and writes it down; it is on the disk when this returns. */
  void append(AuditHead head, String previous) throws IOException, GeneralSecurityException {
    String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    String signature = key.sign(SignedHead.signed(head, at, previous));
    String line =
        Json.write(new SignedHead(head.sequence(), head.hash(), at, previous, signature)) + "\n";
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
