/**
 * The laws of the store, tried on a real PostgreSQL. Start with {@link dev.airlock.store.Scene}.
 */
@NullMarked
package dev.airlock.store;

import org.jspecify.annotations.NullMarked;
