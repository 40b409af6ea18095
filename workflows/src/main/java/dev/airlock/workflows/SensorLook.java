package dev.airlock.workflows;

/**
 * One look of a sensor. It is no attempt at its stage: a sensor looks as often as it takes.
 *
 * @param task the stage, and what it is given
 */
public record SensorLook(StageTask task) {}
