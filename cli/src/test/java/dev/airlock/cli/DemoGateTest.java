package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

final class DemoGateTest {

  private static JsonNode evidence(String brier, String logLoss) {
    return Api.parse(
        """
        {"judgedOn":"1998-03-31","holdoutRows":23570,"metrics":{"brier":0.09,"log_loss":0.3},
         "champion":{"version":1,"metrics":{"brier":0.0903,"log_loss":0.31},
          "differences":{"brier":%s,"log_loss":%s}}}
        """
            .formatted(brier, logLoss));
  }

  private static String interval(double low, double high) {
    return "{\"difference\":%s,\"low\":%s,\"high\":%s}".formatted((low + high) / 2, low, high);
  }

  @Test
  void shouldLetPassWhatIsNotWorseBeyondTheInterval() {
    DemoGate.Verdict verdict =
        DemoGate.guards(evidence(interval(-0.002, 0.001), interval(-0.001, 0.003)));
    assertTrue(verdict.passes(), verdict::reason);
    assertEquals(
        "Brier is 0.0005 lower (95 % interval -0.0020 to +0.0010), log loss is 0.0010 higher (95 % interval -0.0010 to +0.0030) than v1's on the same 23,570 customers of 1998-03-31: not worse.",
        verdict.reason());
  }

  @Test
  void shouldRejectWhatIsWorseByEitherScore() {
    String fine = interval(-0.002, -0.001);
    String worse = interval(0.0001, 0.002);
    assertFalse(DemoGate.guards(evidence(worse, fine)).passes());
    DemoGate.Verdict verdict = DemoGate.guards(evidence(fine, worse));
    assertFalse(verdict.passes());
    assertTrue(verdict.reason().endsWith(": worse."), verdict::reason);
  }

  @Test
  void shouldRejectWhatCannotBeCompared() {
    assertFalse(DemoGate.guards(evidence(interval(-1, 1), "null")).passes());
    assertFalse(DemoGate.guards(Api.parse("{\"metrics\":{}}")).passes());
  }

  @Test
  void shouldSayOfTheBrokenOneThatItIsBroken() {
    DemoGate.Verdict verdict = DemoGate.broken(Api.parse("{\"metrics\":{\"auc\":0.8}}"));
    assertTrue(verdict.passes());
    assertTrue(verdict.reason().startsWith("This one is broken"), verdict::reason);
  }
}
