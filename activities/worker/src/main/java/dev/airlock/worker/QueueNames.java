package dev.airlock.worker;

import dev.airlock.store.QueueName;
import dev.airlock.store.Store;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells which named queues this worker takes. */
final class QueueNames {

  private static final Logger log = LoggerFactory.getLogger(QueueNames.class);

  private final String worker;
  private final List<String> queues;
  private final Store store;
  private final Set<String> warned = new HashSet<>();

  QueueNames(String worker, List<String> queues, Store store) {
    this.worker = worker;
    this.queues = queues;
    this.store = store;
  }

  /** Says that it is there, and warns of queues that nobody takes. */
  void tell() {
    store.queues().tell(worker, queues);
    store.queues().names().stream().filter(name -> !name.taken()).forEach(this::warn);
  }

  /** Once for each queue that stages are for and nobody takes. */
  private void warn(QueueName name) {
    if (warned.add(name.name())) {
      log.warn("No worker takes the queue '{}', which {} are for.", name.name(), name.usedBy());
    }
  }
}
