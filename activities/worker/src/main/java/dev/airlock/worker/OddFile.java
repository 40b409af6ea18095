package dev.airlock.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.airlock.dsl.load.SourceFile;
import dev.airlock.store.CodeFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in the folder of pipelines that can't be read. */
final class OddFile {

  private OddFile() {}

  /** Why it can't be read, and what to do. */
  static CodeFault fault(Path file, Throwable failure) {
    String name = String.valueOf(file.getFileName());
    if (failure instanceof CharacterCodingException) {
      int line = firstLineThatIsNotUtf8(bytes(file));
      if (line > 0) {
        return new CodeFault(
            name, line, null, "%s:%d is not UTF-8. Save the file as UTF-8.".formatted(name, line));
      }
    }
    String why =
        failure instanceof AccessDeniedException
            ? "the worker may not read it, or a file that it names"
            : failure instanceof OutOfMemoryError ? "it is too large" : String.valueOf(failure);
    return new CodeFault(
        name,
        null,
        null,
        "%s can't be read: %s. Mend that, or take it out of the folder.".formatted(name, why));
  }

  /** What is in it, as far as it can be read and a source file may be as long. */
  static byte[] bytes(Path file) {
    try {
      return Files.size(file) > SourceFile.LARGEST ? new byte[0] : Files.readAllBytes(file);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /** From 1; 0 where all are. */
  private static int firstLineThatIsNotUtf8(byte[] bytes) {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    boolean isOdd =
        UTF_8.newDecoder().decode(rest, CharBuffer.allocate(bytes.length), true).isError();
    if (!isOdd) {
      return 0;
    }
    int line = 1;
    for (int i = 0; i < rest.position(); i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return line;
  }
}
