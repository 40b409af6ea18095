package dev.airlock.store;

import org.jspecify.annotations.Nullable;

/**
 * A file that was found in a watched folder.
 *
 * @param owner whose it is there, as the operating system names them; null where it says nothing.
 *     Others may have written into it
 */
public record FoundFile(String name, String folder, @Nullable String owner) {}
