package dev.airlock.web.ui;

import dev.airlock.web.drawing.Strip;

/**
 * A pipeline in a list.
 *
 * @param state of its last run; empty before the first
 * @param schedule when it starts by itself, in words
 * @param usually how long its runs take
 */
public record PipelineRow(
    String name, String owner, String state, Strip strip, String schedule, String usually) {}
