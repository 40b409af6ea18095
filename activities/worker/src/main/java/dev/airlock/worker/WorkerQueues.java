package dev.airlock.worker;

import dev.airlock.store.Environment;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a worker takes work from.
 *
 * @param named the queues that stages name, each once
 * @param shared whether it takes the work that any worker may take, too
 */
record WorkerQueues(List<String> named, boolean shared) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  WorkerQueues {
    named = List.copyOf(named);
  }

  /** Reads {@code AIRLOCK_QUEUES} and {@code AIRLOCK_SHARED_QUEUES}; adds what is at fault. */
  static WorkerQueues from(Environment environment) {
    List<String> named =
        environment.find("AIRLOCK_QUEUES").stream()
            .flatMap(list -> Arrays.stream(list.split(",", -1)))
            .map(String::strip)
            .distinct()
            .toList();
    for (String name : named) {
      if (!NAME.matcher(name).matches()) {
        environment.fault(
            "AIRLOCK_QUEUES has '%s': expected lower-case words joined by hyphens, with commas between them, such as gpu,team-growth."
                .formatted(name));
      }
    }
    String shared = environment.find("AIRLOCK_SHARED_QUEUES").orElse("true");
    if (!shared.equals("true") && !shared.equals("false")) {
      environment.fault("AIRLOCK_SHARED_QUEUES is '%s': expected true or false.".formatted(shared));
    } else if (shared.equals("false") && named.isEmpty()) {
      environment.fault(
          "AIRLOCK_SHARED_QUEUES is false and AIRLOCK_QUEUES names no queue, so there is no work to take: name one, such as AIRLOCK_QUEUES=gpu.");
    }
    return new WorkerQueues(named, !shared.equals("false"));
  }
}
