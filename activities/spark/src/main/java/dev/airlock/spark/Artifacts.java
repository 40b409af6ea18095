package dev.airlock.spark;

/** Files named by the digest of what is in them. */
public interface Artifacts {

  /**
   * Keeps the bytes. Keeping the same bytes again changes nothing.
   *
   * @return their SHA-256, in lower-case hex
   */
  String put(byte[] bytes);

  /** The bytes of this digest, verified against it. */
  byte[] get(String digest);
}
