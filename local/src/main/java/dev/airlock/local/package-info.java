/**
 * PostgreSQL and the Temporal server as processes of this machine: found, unpacked or built,
 * started, and never left behind. Start with {@link dev.airlock.local.PostgresServer} and {@link
 * dev.airlock.local.TemporalServer}.
 */
@NullMarked
package dev.airlock.local;

import org.jspecify.annotations.NullMarked;
