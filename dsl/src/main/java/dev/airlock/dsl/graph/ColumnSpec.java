package dev.airlock.dsl.graph;

/** A column of a dataset. An empty field of any type but text is null. */
public record ColumnSpec(String name, ColumnType type) {}
