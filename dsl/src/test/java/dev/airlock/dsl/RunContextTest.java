package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // A scope is entered, not used.
final class RunContextTest {

  /** A service that takes an order once for each key, as payment services do. */
  private static final class Coupons {
    final Map<String, Integer> ordered = new LinkedHashMap<>();

    void order(String idempotencyKey, int coupons) {
      ordered.putIfAbsent(idempotencyKey, coupons);
    }
  }

  interface Campaign {
    int sendCoupons(int customers);
  }

  private static final class CouponCampaign implements Campaign {
    private final Coupons coupons;

    CouponCampaign(Coupons coupons) {
      this.coupons = coupons;
    }

    @Override
    public int sendCoupons(int customers) {
      coupons.order(RunContext.current().idempotencyKey(), customers);
      return customers;
    }
  }

  private static RunContext attempt(int number) {
    return new RunContext(
        "campaign", 41, "send", number, Instant.parse("2026-01-05T00:00:00Z"), "run-41/send");
  }

  @Test
  void shouldOrderOnceHoweverOftenTheTaskIsCalled() {
    Coupons coupons = new Coupons();
    Campaign campaign = new CouponCampaign(coupons);

    for (int number = 1; number <= 3; number++) {
      try (RunContext.Scope attempt = attempt(number).enter()) {
        assertEquals(10, campaign.sendCoupons(10));
      }
    }

    assertEquals(Map.of("run-41/send", 10), coupons.ordered);
  }

  @Test
  void shouldBeThatOfTheInnermostCall() {
    try (RunContext.Scope outer = attempt(1).enter()) {
      try (RunContext.Scope inner = attempt(2).enter()) {
        assertEquals(2, RunContext.current().attempt());
      }
      assertEquals(1, RunContext.current().attempt());
    }
    assertThrows(IllegalStateException.class, RunContext::current);
  }
}
