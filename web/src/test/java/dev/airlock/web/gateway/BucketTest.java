package dev.airlock.web.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class BucketTest {

  /**
   * Made with Python's hashlib: {@code int.from_bytes(sha256(b'm/c').digest()[:8], 'big') % 10000}.
   */
  @Test
  void shouldBeTheSameInEveryLanguageAndRelease() {
    assertEquals(4_266, Bucket.of("repeat-purchase", "42"));
    assertEquals(2_172, Bucket.of("m", "ü-1"));
    assertEquals(2_780, Bucket.of("repeat-purchase", "c-1"));
  }

  @Property
  void shouldMoveNobodyBackWhenTheWeightRises(
      @ForAll String model,
      @ForAll String customer,
      @ForAll @IntRange(max = 100) int lower,
      @ForAll @IntRange(max = 100) int more) {
    int higher = Math.min(100, lower + more);
    boolean wasIn = Bucket.isInShare(model, customer, lower);
    assertTrue(!wasIn || Bucket.isInShare(model, customer, higher));
    assertEquals(wasIn, Bucket.isInShare(model, customer, lower), "asked again");
    assertTrue(Bucket.isInShare(model, customer, 100));
    assertTrue(!Bucket.isInShare(model, customer, 0));
  }

  @Property(tries = 200)
  void shouldGiveTheCandidateItsShareOfCustomers(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 99) int weight) {
    int customers = 4_000;
    int met = 0;
    for (int i = 0; i < customers; i++) {
      met += Bucket.isInShare("m", new UUID(seed, i).toString(), weight) ? 1 : 0;
    }
    double share = weight / 100.0;
    double deviation = Math.sqrt(customers * share * (1 - share));
    // 7 standard deviations: one false alarm in thousands of millions of tries, for skewed weights
    // too.
    assertEquals(customers * share, met, 7 * deviation + 3);
  }

  @Test
  void shouldSplitOneModelApartFromAnother() {
    int both = 0;
    for (int i = 0; i < 10_000; i++) {
      String customer = "c-" + i;
      both +=
          Bucket.isInShare("one", customer, 50) && Bucket.isInShare("other", customer, 50) ? 1 : 0;
    }
    assertEquals(2_500, both, 250);
  }
}
