package dev.airlock.store;

/**
 * Where the chain ends.
 *
 * @param sequence of the last row; 0 where there is none
 * @param hash of the last row; 64 zeros where there is none
 */
public record AuditHead(long sequence, String hash) {}
