package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.system.RunningSystem.Part;
import dev.airlock.system.Sluice.Shift;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} of each process while a step of a canary is held, and in the middle of a way
 * back. A gateway that is alive sends every customer where the last decision has put them, also
 * while the process is down.
 */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class RolloutKillTest {

  private static final Duration HOLD = Duration.ofSeconds(6);
  private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(10);
  private static final List<Map<String, Object>> HOLDS_ALWAYS =
      List.of(Map.of("figure", "error_rate", "atMost", 1.0));
  private static final List<Map<String, Object>> NEVER_HOLDS =
      List.of(Map.of("figure", "p99_millis", "atMost", 0.000_001));

  @ParameterizedTest
  @EnumSource
  void shouldGoOnToTheEndWhenAProcessIsKilledInEachStep(
      Part part, RunningSystem system, SecondGateway second) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.FIRST);
    try (LaggingGateway lagging = LaggingGateway.of(system);
        Load load = Load.on(Sluice.MODEL, BETWEEN_REQUESTS, List.of(system.url(), second.url()))) {
      long rollout = sluice.begin(HOLD, HOLDS_ALWAYS);

      // No step is held before the lagging gateway has taken note of it.
      sluice.awaitWeight(rollout, 30);
      lagging.acknowledge();
      Instant inFirstStep = strike(system, part, alive(part, system, second), 30);
      sluice.awaitWeight(rollout, 60);
      lagging.acknowledge();
      Instant inSecondStep = strike(system, part, alive(part, system, second), 60);
      sluice.awaitWeight(rollout, 100);
      strike(system, part, alive(part, system, second), 100);
      lagging.acknowledge();

      assertEquals("promoted", sluice.awaitEnd(rollout));
      List<Shift> shifts = sluice.shifts(rollout);
      assertEquals(List.of(30, 60, 100), shifts.stream().map(Shift::weight).toList());
      assertConsecutive(shifts);
      assertBetween(shifts.get(0), inFirstStep, shifts.get(1));
      assertBetween(shifts.get(1), inSecondStep, shifts.get(2));
      assertEquals(1, movesOf(system, rollout), "moves of the alias");
      awaitOutcome(system, rollout);
      awaitSplit(alive(part, system, second), 100);
      assertNobodyWentBack(load.answers());
      assertNoneFailed(load.answers(), part == Part.WEB ? system.url() : null);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnWithTheWayBackWhenAProcessIsKilledInTheMiddleOfIt(
      Part part, RunningSystem system, SecondGateway second) {
    Sluice sluice = Sluice.of(system);
    sluice.haveAllTrafficAt(Sluice.FIRST);
    try (LaggingGateway lagging = LaggingGateway.of(system);
        Load load = Load.on(Sluice.MODEL, BETWEEN_REQUESTS, List.of(system.url(), second.url()))) {
      long rollout = sluice.begin(HOLD, NEVER_HOLDS);
      sluice.awaitWeight(rollout, 30);
      lagging.acknowledge();
      sluice.awaitWeight(rollout, 0);

      // Until the lagging gateway says that it has taken note, the way back is under way.
      assertTrue(sluice.isUnderWay(rollout), "under way before the blow");
      strike(system, part, alive(part, system, second), 0);
      assertTrue(sluice.isUnderWay(rollout), "under way after the blow");
      lagging.acknowledge();

      assertEquals("rolled-back", sluice.awaitEnd(rollout));
      List<Shift> shifts = sluice.shifts(rollout);
      assertEquals(List.of(30, 0), shifts.stream().map(Shift::weight).toList());
      assertConsecutive(shifts);
      assertEquals(0, movesOf(system, rollout), "moves of the alias");
      awaitOutcome(system, rollout);
      assertEquals(
          1,
          system.count("select count(*) from alert where rollout_id = ?", rollout),
          "alerts of the rollout");
      assertEquals(
          shifts.get(1).epoch(),
          system.count("select epoch from routing where model = ?", Sluice.MODEL),
          "the epoch since");
      assertNoneFailed(load.answers(), part == Part.WEB ? system.url() : null);
    }
  }

  /**
   * Kills the process, asks a living gateway while it is down, and again once it is back; answers
   * when it struck.
   */
  private static Instant strike(RunningSystem system, Part part, URI alive, int weight) {
    awaitSplit(alive, weight);
    long killed = system.kill(part);
    Instant struck = Instant.now();
    assertEquals(split(weight), asked(alive), "while " + part + " is down");
    system.awaitReplaced(part, killed);
    return struck;
  }

  private static URI alive(Part part, RunningSystem system, SecondGateway second) {
    return part == Part.WEB ? second.url() : system.url();
  }

  private static void awaitSplit(URI gateway, int weight) {
    Await.holds(
        Duration.ofSeconds(10),
        () -> "the split of %d %% at %s, which has %s".formatted(weight, gateway, asked(gateway)),
        () -> asked(gateway).equals(split(weight)));
  }

  private static Map<String, Integer> asked(URI gateway) {
    return new TreeMap<>(new Asking(gateway, Sluice.MODEL).versions(Load.customers()));
  }

  /** Where the guide's formula puts each customer. */
  private static Map<String, Integer> split(int weight) {
    Map<String, Integer> versions = new TreeMap<>();
    for (String customer : Load.customers()) {
      boolean isMoved = Bucket.meetsCandidate(Sluice.MODEL, customer, weight);
      versions.put(customer, isMoved ? Sluice.SECOND : Sluice.FIRST);
    }
    return versions;
  }

  private static void assertConsecutive(List<Shift> shifts) {
    for (int i = 0; i < shifts.size(); i++) {
      assertEquals(i + 1, shifts.get(i).sequence(), shifts::toString);
      assertEquals(shifts.get(0).epoch() + i, shifts.get(i).epoch(), shifts::toString);
    }
  }

  private static void assertBetween(Shift before, Instant blow, Shift after) {
    assertTrue(before.at().isBefore(blow), () -> blow + " came before " + before);
    assertTrue(after.at().isAfter(blow), () -> blow + " came after " + after);
  }

  /** Nobody who has met the second version meets the first again while weights rise. */
  private static void assertNobodyWentBack(List<Load.Answer> answers) {
    Map<String, Integer> last = new HashMap<>();
    for (Load.Answer answer : answers.stream().filter(Load.Answer::isWell).toList()) {
      Integer before = last.put(answer.gateway() + " " + answer.customer(), answer.version());
      assertFalse(before != null && before > answer.version(), answer::toString);
    }
    assertTrue(last.containsValue(Sluice.SECOND), "somebody met the second version");
  }

  private static void assertNoneFailed(
      List<Load.Answer> answers, @org.jspecify.annotations.Nullable URI killed) {
    List<Load.Answer> failed =
        answers.stream()
            .filter(answer -> !answer.isWell() && !answer.gateway().equals(killed))
            .toList();
    assertEquals(List.of(), failed);
    assertTrue(Stream.of(answers).mapToInt(List::size).sum() > 100, "there was traffic");
  }

  private static long movesOf(RunningSystem system, long rollout) {
    return system.count(
        """
        select count(*) from alias_history
        where command_id = (select command_id from rollout where id = ?)
        """,
        rollout);
  }

  /** The model's workflow hears of the end and settles the command. */
  private static void awaitOutcome(RunningSystem system, long rollout) {
    Await.holds(
        Duration.ofSeconds(30),
        "the command of rollout " + rollout + " to be settled",
        () ->
            system.count(
                    """
                    select count(*) from model_command
                    where id = (select command_id from rollout where id = ?)
                      and finished_at is not null
                    """,
                    rollout)
                == 1);
  }
}
