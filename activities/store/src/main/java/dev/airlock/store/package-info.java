/**
 * The PostgreSQL tables behind jdbi, one interface per aggregate, the activities that need nothing
 * but PostgreSQL, the outbox that carries facts to Temporal, and the artifact store. Start with
 * {@link dev.airlock.store.Store}.
 */
@NullMarked
package dev.airlock.store;

import org.jspecify.annotations.NullMarked;
