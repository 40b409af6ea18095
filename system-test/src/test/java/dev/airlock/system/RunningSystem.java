package dev.airlock.system;

final class RunningSystem {}
