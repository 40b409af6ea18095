package dev.airlock.scoring.drift;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DriftTest {
  private static final double EXACT = 1e-12;

  @Test
  void shouldAgreeWithSciPy() {
    for (JsonNode fixture : Fixtures.read().path("drift")) {
      String name = fixture.path("name").asText();
      Reference reference = Reference.of(Fixtures.numbers(fixture, "reference"));
      FeatureDrift drift = Drift.between(reference, Fixtures.numbers(fixture, "window"));
      assertArrayEquals(
          Fixtures.numbers(fixture, "edges"), Reference.array(reference.edges()), 0.0, name);
      assertArrayEquals(
          Fixtures.numbers(fixture, "counts"),
          reference.counts().stream().mapToDouble(Long::doubleValue).toArray(),
          0.0,
          name);
      assertEquals(fixture.path("psi").asDouble(), drift.psi(), EXACT, name);
      assertEquals(fixture.path("ks").asDouble(), drift.ks(), EXACT, name);
      assertEquals(fixture.path("jensenShannon").asDouble(), drift.jensenShannon(), 1e-9, name);
      assertEquals(fixture.path("noise").asDouble(), drift.noise(), 1e-9, name);
    }
  }

  @Property(tries = 300)
  void shouldAgreeWithThePlainFormulas(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 300) int before,
      @ForAll @IntRange(min = 1, max = 300) int now,
      @ForAll @IntRange(min = 1, max = 500) int levels) {
    double[] reference = sample(seed, before, levels, 0);
    double[] window = sample(seed + 1, now, levels, levels / 7);
    FeatureDrift drift = Drift.between(Reference.of(reference), window);
    assertEquals(Plain.psi(reference, window), drift.psi(), EXACT);
    assertEquals(Plain.ks(reference, window), drift.ks(), EXACT);
    assertEquals(Plain.jensenShannon(reference, window), drift.jensenShannon(), 1e-9);
  }

  @Property(tries = 300)
  void shouldStayWithinItsRanges(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3000) int before,
      @ForAll @IntRange(min = 1, max = 300) int now,
      @ForAll @IntRange(min = 1, max = 500) int levels,
      @ForAll @IntRange(max = 600) int moved) {
    FeatureDrift drift =
        Drift.between(
            Reference.of(sample(seed, before, levels, 0)), sample(seed + 1, now, levels, moved));
    assertTrue(drift.psi() >= 0 && Double.isFinite(drift.psi()), drift::toString);
    assertTrue(drift.ks() >= 0 && drift.ks() <= 1, drift::toString);
    assertTrue(drift.jensenShannon() >= 0 && drift.jensenShannon() <= 1, drift::toString);
    assertTrue(drift.noise() > 0, drift::toString);
    assertTrue(drift.bins() >= 2 && drift.bins() <= 10, drift::toString);
    assertEquals(now, drift.rows());
  }

  @Property(tries = 200)
  void shouldBeNothingWhereNothingHasMoved(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6000) int size,
      @ForAll @IntRange(min = 1, max = 5000) int levels) {
    double[] values = sample(seed, size, levels, 0);
    FeatureDrift drift = Drift.between(Reference.of(values), shuffled(values, seed));
    assertEquals(0, drift.psi(), EXACT);
    assertEquals(0, drift.jensenShannon(), 1e-7);
    assertEquals(0, drift.ks(), size <= 2001 ? 0.0 : 1 / 2000.0);
    assertTrue(!drift.exceedsNoise());
  }

  /** Only the bins tell one side from the other: with the same edges the sides may be swapped. */
  @Property(tries = 200)
  void shouldNotMindWhichSideIsWhichInTheSameBins(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 400) int one,
      @ForAll @IntRange(min = 1, max = 400) int other) {
    // Half and half in any number: both sides have the edges 0 and 1 or one of them alone.
    double[] ones = coins(seed, one);
    double[] others = coins(seed + 1, other);
    Reference forwards = Reference.of(ones);
    Reference backwards = Reference.of(others);
    FeatureDrift there = Drift.between(forwards, others);
    FeatureDrift back = Drift.between(backwards, ones);
    assertEquals(there.ks(), back.ks(), EXACT);
    if (forwards.edges().equals(backwards.edges())) {
      assertEquals(there.psi(), back.psi(), EXACT);
      assertEquals(there.jensenShannon(), back.jensenShannon(), EXACT);
      assertEquals(there.noise(), back.noise(), EXACT);
    }
  }

  @Property(tries = 200)
  void shouldNotDependOnTheUnit(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3000) int before,
      @ForAll @IntRange(min = 1, max = 300) int now,
      @ForAll @IntRange(min = 1, max = 500) int levels) {
    double[] reference = sample(seed, before, levels, 0);
    double[] window = sample(seed + 1, now, levels, levels / 5);
    FeatureDrift plain = Drift.between(Reference.of(reference), window);
    DoubleUnaryOperator transform = x -> Math.exp(x / 100) * 7 - 3;
    assertEquals(
        plain,
        Drift.between(Reference.of(map(reference, transform)), map(window, transform)),
        "a rising transform of both sides");
  }

  @Test
  void shouldNotDependOnTheOrderOfRowsNorTouchThem() {
    double[] reference = {3, 1, 2, 5, 4, -0.0};
    double[] window = {9, 1, 0.0, 2};
    assertEquals(
        Drift.between(Reference.of(reference), window),
        Drift.between(Reference.of(shuffled(reference, 1)), shuffled(window, 2)));
    assertArrayEquals(new double[] {3, 1, 2, 5, 4, -0.0}, reference, 0.0);
    assertArrayEquals(new double[] {9, 1, 0.0, 2}, window, 0.0);
  }

  @Test
  void shouldNoticeAConstantThatIsNoneAnyMore() {
    Reference constant = Reference.of(new double[] {7, 7, 7, 7});
    assertEquals(List.of(7.0), constant.edges());
    assertEquals(List.of(4L, 0L), constant.counts());
    assertEquals(0, Drift.between(constant, new double[] {7}).psi(), EXACT);
    assertTrue(Drift.between(constant, new double[] {7, 8}).psi() > 0.2);
    assertEquals(1, Drift.between(constant, new double[] {6}).ks(), EXACT);
  }

  @Test
  void shouldKeepTheErrorOfManyRowsBelowATwoThousandth() {
    double[] reference = sample(5, 50_000, 1_000_000, 0);
    double[] window = sample(6, 900, 1_000_000, 80_000);
    Reference bounded = Reference.of(reference);
    assertEquals(2001, bounded.quantiles().size());
    assertEquals(
        Plain.ks(reference, window), Drift.between(bounded, window).ks(), 1 / 2000.0 + EXACT);
  }

  /** 99 % by its definition: about one in a hundred of these pairs is above. */
  @Test
  void shouldCallNoiseWhatChanceShows() {
    int above = 0;
    for (int seed = 0; seed < 2000; seed++) {
      double[] values = sample(seed, 1500, 1_000_000, 0);
      FeatureDrift drift =
          Drift.between(
              Reference.of(Arrays.copyOf(values, 1000)), Arrays.copyOfRange(values, 1000, 1500));
      above += drift.exceedsNoise() ? 1 : 0;
    }
    assertTrue(above >= 5 && above <= 40, above + " of 2000");
  }

  @Test
  void shouldRefuseWhatIsNoNumber() {
    Reference reference = Reference.of(new double[] {1, 2, 3});
    assertRefused("window[1] is NaN", () -> Drift.between(reference, new double[] {1, Double.NaN}));
    assertRefused(
        "window[0] is Infinity",
        () -> Drift.between(reference, new double[] {Double.POSITIVE_INFINITY}));
    assertRefused("window is empty", () -> Drift.between(reference, new double[0]));
    assertRefused("values[2] is NaN", () -> Reference.of(new double[] {1, 2, Double.NaN}));
    assertRefused("values is empty", () -> Reference.of(new double[0]));
  }

  @Test
  void shouldRefuseAReferenceThatContradictsItself() {
    List<Double> quantiles = List.of(1.0, 2.0);
    assertRefused(
        "3 counts came with 1 edges",
        () -> new Reference(2, List.of(1.0), List.of(1L, 1L, 0L), quantiles));
    assertRefused(
        "do not add up to 3", () -> new Reference(3, List.of(1.0), List.of(1L, 1L), quantiles));
    assertRefused(
        "edges[1] is 1.0 after 1.0",
        () -> new Reference(2, List.of(1.0, 1.0), List.of(1L, 1L, 0L), quantiles));
    assertRefused("edges is empty", () -> new Reference(2, List.of(), List.of(2L), quantiles));
  }

  private static void assertRefused(String reason, Executable call) {
    Exception refused = assertThrows(IllegalArgumentException.class, call);
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused::toString);
  }

  private static double[] sample(long seed, int size, int levels, int moved) {
    Random random = new Random(seed);
    return random.ints(size, 0, levels).mapToDouble(level -> level + moved).toArray();
  }

  private static double[] coins(long seed, int size) {
    return new Random(seed).ints(size, 0, 2).asDoubleStream().toArray();
  }

  private static double[] map(double[] values, DoubleUnaryOperator transform) {
    return Arrays.stream(values).map(transform).toArray();
  }

  private static double[] shuffled(double[] values, long seed) {
    double[] shuffled = values.clone();
    Random random = new Random(seed);
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    return shuffled;
  }

  /** The formulas once more, counting value by value. */
  private static final class Plain {

    static double psi(double[] reference, double[] window) {
      double sum = 0;
      double[] p = floored(shares(reference, reference));
      double[] q = floored(shares(reference, window));
      for (int i = 0; i < p.length; i++) {
        sum += (q[i] - p[i]) * Math.log(q[i] / p[i]);
      }
      return sum;
    }

    static double jensenShannon(double[] reference, double[] window) {
      double[] p = shares(reference, reference);
      double[] q = shares(reference, window);
      double[] m = new double[p.length];
      Arrays.setAll(m, i -> (p[i] + q[i]) / 2);
      return Math.sqrt(Math.max(0, (entropy(m) - entropy(p) / 2 - entropy(q) / 2)));
    }

    /** Walks through both samples at once, value by value. */
    static double ks(double[] reference, double[] window) {
      NavigableMap<Double, double[]> steps = new TreeMap<>();
      for (double value : reference) {
        steps.computeIfAbsent(value, unused -> new double[2])[0]++;
      }
      for (double value : window) {
        steps.computeIfAbsent(value, unused -> new double[2])[1]++;
      }
      double before = 0;
      double now = 0;
      double greatest = 0;
      for (double[] step : steps.values()) {
        before += step[0];
        now += step[1];
        greatest = Math.max(greatest, Math.abs(before / reference.length - now / window.length));
      }
      return greatest;
    }

    /** In bits. */
    private static double entropy(double[] shares) {
      return Arrays.stream(shares)
          .filter(share -> share > 0)
          .map(share -> -share * Math.log(share) / Math.log(2))
          .sum();
    }

    private static double[] floored(double[] shares) {
      double[] floored = Arrays.stream(shares).map(share -> Math.max(share, 1e-4)).toArray();
      double sum = Arrays.stream(floored).sum();
      return Arrays.stream(floored).map(share -> share / sum).toArray();
    }

    private static double[] shares(double[] reference, double[] values) {
      List<Double> edges = new ArrayList<>(edges(reference));
      double[] shares = new double[edges.size() + 1];
      for (int bin = 0; bin < shares.length; bin++) {
        double low = bin == 0 ? Double.NEGATIVE_INFINITY : edges.get(bin - 1);
        double high = bin == edges.size() ? Double.POSITIVE_INFINITY : edges.get(bin);
        shares[bin] = share(values, value -> low < value && value <= high);
      }
      return shares;
    }

    /** The least value that at least k tenths of all do not exceed. */
    private static SortedSet<Double> edges(double[] reference) {
      SortedSet<Double> edges = new TreeSet<>();
      for (int k = 1; k <= 9; k++) {
        long needed = k * (long) reference.length;
        edges.add(
            Arrays.stream(reference)
                .filter(
                    edge -> 10 * Arrays.stream(reference).filter(v -> v <= edge).count() >= needed)
                .min()
                .orElseThrow());
      }
      return edges;
    }

    private static double share(double[] values, DoublePredicate condition) {
      return Arrays.stream(values).filter(condition).count() / (double) values.length;
    }
  }
}
