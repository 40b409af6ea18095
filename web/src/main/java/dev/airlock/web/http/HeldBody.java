package dev.airlock.web.http;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.io.Content;

/**
 * What has come of one body, in blocks that are counted as they are made: small ones first, since
 * most bodies are small, and whoever only announces a large one gets no memory for it.
 */
final class HeldBody {
  private static final int SMALLEST_BLOCK = 1 << 10;
  private static final int LARGEST_BLOCK = 64 << 10;

  private final BodyMemory memory;
  private final String place;
  private final List<ByteBuffer> blocks = new ArrayList<>();
  private long taken;
  private long size;

  HeldBody(BodyMemory memory, String place) {
    this.memory = memory;
    this.place = place;
  }

  /**
   * Copies all that remains: what comes from the network may hold on to far more memory than it has
   * bytes.
   *
   * @return false where there is no memory for it
   */
  boolean add(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (taken == size && !grow()) {
        return false;
      }
      ByteBuffer block = blocks.get(blocks.size() - 1);
      int count = Math.min(block.remaining(), bytes.remaining());
      block.put(bytes.slice().limit(count));
      bytes.position(bytes.position() + count);
      size += count;
    }
    return true;
  }

  /** Doubles, up to the largest block; so a block never lies on both sides of the first bytes. */
  private boolean grow() {
    int block = (int) Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, taken));
    if (!memory.take(place, taken, block)) {
      return false;
    }
    blocks.add(ByteBuffer.allocate(block));
    taken += block;
    return true;
  }

  /** How many bytes have come. */
  long size() {
    return size;
  }

  /** All of it, in order, without a copy. */
  Deque<Content.Chunk> chunks(boolean isWhole) {
    Deque<Content.Chunk> chunks = new ArrayDeque<>();
    for (int i = 0; i < blocks.size(); i++) {
      boolean isLast = isWhole && i == blocks.size() - 1;
      chunks.add(Content.Chunk.from(blocks.get(i).flip(), isLast));
    }
    if (isWhole && chunks.isEmpty()) {
      chunks.add(Content.Chunk.EOF);
    }
    return chunks;
  }

  /** Nobody reads it any more. */
  void release() {
    blocks.clear();
    memory.give(place, taken);
    taken = 0;
    size = 0;
  }
}
