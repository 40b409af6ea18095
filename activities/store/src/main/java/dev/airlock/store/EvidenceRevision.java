package dev.airlock.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was to be looked at for a time. The first is the evidence as it was judged; each further one
 * is the same figures held against another champion, and lets the votes of before fall.
 *
 * @param revision from 1
 * @param digest what a decision on it names
 * @param champion the version that was live; null for none
 * @param because why there is one
 */
public record EvidenceRevision(
    long approvalId,
    int revision,
    String digest,
    @Nullable Integer champion,
    String because,
    Instant at) {}
