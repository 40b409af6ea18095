package dev.airlock.web.ui;

/**
 * The first thing to know on a page.
 *
 * @param tone good, wait or bad
 */
public record Verdict(String tone, String head, String text) {}
