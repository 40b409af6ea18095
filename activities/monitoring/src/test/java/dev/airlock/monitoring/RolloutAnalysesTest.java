package dev.airlock.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Signal;
import dev.airlock.scoring.Wilson;
import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.store.ServiceSample;
import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RolloutAnalysesTest {
  private static final Condition ERRORS = Signal.ERROR_RATE.atMost(0.01);
  private static final Condition SLOW = Signal.P99_MILLIS.atMost(20);
  private static final Condition SHIFT = Signal.SCORE_SHIFT.atMost(0.1);

  @Test
  void shouldWaitForThirtyRequests() {
    Finding finding = RolloutAnalyses.errorRate(ERRORS, traffic(29, 29, 5, 0));
    assertEquals(Verdict.INCONCLUSIVE, finding.verdict());
    assertNull(finding.figure());
    assertEquals("29 requests in this step, at least 30 needed", finding.detail());
    assertEquals(
        Verdict.INCONCLUSIVE, RolloutAnalyses.latency(SLOW, traffic(29, 0, 5, 29)).verdict());
  }

  @Test
  void shouldFailOnErrorsThatAreNoChance() {
    assertEquals(
        Verdict.SUCCESS, RolloutAnalyses.errorRate(ERRORS, traffic(30, 0, 5, 0)).verdict());
    assertEquals(
        Verdict.SUCCESS, RolloutAnalyses.errorRate(ERRORS, traffic(100, 1, 5, 0)).verdict());
    assertEquals(
        Verdict.INCONCLUSIVE, RolloutAnalyses.errorRate(ERRORS, traffic(50, 1, 5, 0)).verdict());
    Finding failed = RolloutAnalyses.errorRate(ERRORS, traffic(200, 10, 5, 0));
    assertEquals(Verdict.FAILURE, failed.verdict());
    assertEquals(0.05, failed.figure());
    assertEquals("10 of 200 requests were not answered, 5 %; at most 1 % allowed", failed.detail());
  }

  @Test
  void shouldForgiveOneSlowAnswer() {
    assertEquals(Verdict.SUCCESS, RolloutAnalyses.latency(SLOW, traffic(40, 0, 5, 0)).verdict());
    assertEquals(
        Verdict.INCONCLUSIVE, RolloutAnalyses.latency(SLOW, traffic(40, 0, 5, 1)).verdict());
    assertEquals(Verdict.SUCCESS, RolloutAnalyses.latency(SLOW, traffic(2000, 0, 5, 3)).verdict());
    Finding failed = RolloutAnalyses.latency(SLOW, traffic(100, 0, 5, 20));
    assertEquals(Verdict.FAILURE, failed.verdict());
    assertTrue(
        failed.detail().contains("20 of 100 answers took longer than 20 ms"), failed::detail);
  }

  @Test
  void shouldFailOnAShiftThatIsNoChance() {
    double[] judged = new Random(1).doubles(20_000).toArray();
    Reference reference = Reference.of(judged);
    double[] alike = new Random(2).doubles(2_000).toArray();
    double[] moved = Arrays.stream(alike).map(score -> score * 0.7).toArray();
    assertEquals(
        Verdict.SUCCESS,
        RolloutAnalyses.scoreShift(SHIFT, Drift.between(reference, alike)).verdict());
    assertEquals(
        Verdict.FAILURE,
        RolloutAnalyses.scoreShift(SHIFT, Drift.between(reference, moved)).verdict());
  }

  @Test
  void shouldNotPassWhileChanceAloneExceedsTheBound() {
    Reference reference = Reference.of(new Random(1).doubles(20_000).toArray());
    double[] few = new Random(2).doubles(210).toArray();
    Finding finding = RolloutAnalyses.scoreShift(SHIFT, Drift.between(reference, few));
    assertEquals(Verdict.INCONCLUSIVE, finding.verdict());
  }

  @Test
  void shouldAskWhereAShiftIsCloseToTheBound() {
    assertEquals(Verdict.SUCCESS, shift(0.1, 0.03));
    assertEquals(Verdict.INCONCLUSIVE, shift(0.12, 0.03));
    assertEquals(Verdict.FAILURE, shift(0.14, 0.03));
  }

  private static Verdict shift(double psi, double noise) {
    FeatureDrift drift = new FeatureDrift(psi, 10, 1e-4, 0.1, 0.1, 900, noise);
    return RolloutAnalyses.scoreShift(SHIFT, drift).verdict();
  }

  @Test
  void shouldAddUpTheHistogramsOfEveryGateway() {
    Traffic one = traffic(100, 2, 5, 0);
    assertEquals(5, one.p99Millis(), 0.01);
    Traffic both =
        Traffic.of(List.of(sample(100, 2, 5, 0), sample(100, 1, 30, 0), sample(0, 0, 1, 0)));
    assertEquals(200, both.requests());
    assertEquals(3, both.errors());
    assertEquals(30, both.p99Millis(), 0.05);
    assertEquals(100, both.slowerThan(20));
    assertEquals(0, both.slowerThan(40));
  }

  @Test
  void shouldNameTheGatewayWhoseLatencyCantBeRead() {
    ServiceSample broken =
        new ServiceSample(
            "gateway-7", "m", 1, Instant.EPOCH, LocalDate.EPOCH, 1, 1, 0, "no histogram");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Traffic.of(List.of(broken)));
    assertTrue(String.valueOf(refused.getMessage()).contains("gateway-7"), refused::toString);
  }

  /** Numbers of R: {@code prop.test(10, 200, correct = FALSE)}. */
  @Test
  void shouldAgreeWithTheWilsonInterval() {
    assertEquals(0.02738, Wilson.low(10, 200), 1e-5);
    assertEquals(0.08958, Wilson.high(10, 200), 1e-5);
    assertEquals(0, Wilson.low(0, 50), 1e-12);
    assertEquals(1, Wilson.high(50, 50), 1e-12);
  }

  /** Answers of so many milliseconds, of which some take ten times as long. */
  private static Traffic traffic(int requests, int errors, int millis, int slow) {
    return Traffic.of(List.of(sample(requests, errors, millis, slow)));
  }

  private static ServiceSample sample(int requests, int errors, int millis, int slow) {
    Histogram latency = new Histogram(3);
    for (int i = 0; i < requests; i++) {
      latency.recordValue(1000L * (i < slow ? 10 * millis : millis));
    }
    ByteBuffer buffer = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
    int length = latency.encodeIntoCompressedByteBuffer(buffer);
    String text = Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    return new ServiceSample(
        "gateway-1", "m", 1, Instant.EPOCH, LocalDate.EPOCH, requests, requests, errors, text);
  }
}
