package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.airlock.store.Environment;
import dev.airlock.store.InvalidConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerQueuesTest {

  private static WorkerQueues read(Map<String, String> values) {
    Environment environment = new Environment(values);
    WorkerQueues queues = WorkerQueues.from(environment);
    environment.verify();
    return queues;
  }

  private static List<String> faults(Map<String, String> values) {
    return assertThrows(InvalidConfigurationException.class, () -> read(values)).faults();
  }

  @Test
  void shouldTakeSharedWorkAloneUnlessToldOtherwise() {
    assertEquals(new WorkerQueues(List.of(), true), read(Map.of()));
  }

  @Test
  void shouldTakeNamedQueuesBesideTheSharedOnes() {
    assertEquals(
        new WorkerQueues(List.of("gpu", "team-growth"), true),
        read(Map.of("AIRLOCK_QUEUES", "gpu, team-growth,gpu")));
  }

  @Test
  void shouldTakeNamedQueuesAlone() {
    assertEquals(
        new WorkerQueues(List.of("gpu"), false),
        read(Map.of("AIRLOCK_QUEUES", "gpu", "AIRLOCK_SHARED_QUEUES", "false")));
  }

  @Test
  void shouldSayEverythingThatIsWrong() {
    assertEquals(
        List.of(
            "AIRLOCK_QUEUES has 'Big GPU': expected lower-case words joined by hyphens, with commas between them, such as gpu,team-growth.",
            "AIRLOCK_QUEUES has '': expected lower-case words joined by hyphens, with commas between them, such as gpu,team-growth.",
            "AIRLOCK_SHARED_QUEUES is 'no': expected true or false."),
        faults(Map.of("AIRLOCK_QUEUES", "Big GPU,,cpu", "AIRLOCK_SHARED_QUEUES", "no")));
    assertEquals(
        List.of(
            "AIRLOCK_SHARED_QUEUES is false and AIRLOCK_QUEUES names no queue, so there is no work to take: name one, such as AIRLOCK_QUEUES=gpu."),
        faults(Map.of("AIRLOCK_SHARED_QUEUES", "false")));
  }
}
