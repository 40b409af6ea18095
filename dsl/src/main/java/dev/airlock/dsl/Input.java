package dev.airlock.dsl;

/**
 * What a task's argument can be: the result of a stage, or a param of the run.
 *
 * @param <T> the type of the value that the task gets
 */
public sealed interface Input<T> permits Stage, Param {}
