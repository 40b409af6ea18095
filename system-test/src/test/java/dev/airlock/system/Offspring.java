package dev.airlock.system;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Every process that a command has started so far, remembered so that none is left unnoticed. */
final class Offspring {

  private final ProcessHandle parent;
  private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

  Offspring(Process parent) {
    this.parent = parent.toHandle();
  }

  /** Looks again, and answers how many were seen so far. */
  int look() {
    parent.descendants().forEach(seen::add);
    return seen.size();
  }

  void awaitNoneLeft() {
    Await.holds(
        Duration.ofSeconds(30),
        () -> "no process to be left behind of " + left(),
        () -> left().isEmpty());
  }

  private Set<String> left() {
    return seen.stream()
        .filter(process -> Processes.isAlive(process.pid()))
        .map(process -> process.pid() + " " + process.info().command().orElse(""))
        .collect(Collectors.toSet());
  }
}
