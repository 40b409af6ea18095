package dev.airlock.dsl.graph;

/**
 * What starts runs beside the schedule, and how many go at once.
 *
 * @param maximumActiveRuns further runs wait as queued; 0 for no limit
 */
public record StartSpec(int maximumActiveRuns) {}
