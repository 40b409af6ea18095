package dev.airlock.dsl;

/**
 * What a task's argument can be: the result of a stage, a param of the run, or a secret.
 *
 * @param <T> the type of the value that the task gets
 */
public sealed interface Input<T> permits Stage, Param, Secret {}
