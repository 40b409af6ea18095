package dev.airlock.workflows;

/** Whether the result of this task has been made before. Not an attempt at it. */
public record CacheQuestion(StageTask task) {}
