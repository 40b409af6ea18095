/**
 * What every route shares: who may call it, faults as problem+json, bodies and lists. Start with
 * {@link dev.airlock.web.http.Permission}.
 */
@NullMarked
package dev.airlock.web.http;

import org.jspecify.annotations.NullMarked;
