package dev.airlock.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.scoring.InvalidFeaturesException.Problem;
import dev.airlock.scoring.InvalidFeaturesException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringModelTest {
  private static final Map<String, Object> ROW =
      Map.of("recency", 12, "frequency", 3L, "spend", 99.5);

  @Property
  void shouldWriteTheSameBytesAndScoresWhenReadBack(@ForAll long seed) {
    double[] row = new Random(seed).doubles(3, -3, 3).toArray();
    Models.ofEachKind(seed)
        .forEach(
            model -> {
              byte[] bytes = model.write();
              ScoringModel again = ScoringModel.read(bytes);
              assertArrayEquals(bytes, again.write());
              assertEquals(model, again);
              assertEquals(model.score(row), again.score(row), 0.0);
            });
  }

  @Property
  void shouldKeepEveryBitOfADouble(@ForAll double number) {
    ScoringModel model =
        Models.regression("linear", new LinearRegression(new double[] {1, 2, number}, number));
    LinearRegression again = (LinearRegression) ScoringModel.read(model.write()).predictor();
    assertEquals(number, again.intercept(), 0.0);
    assertEquals(Double.doubleToLongBits(number), Double.doubleToLongBits(again.coefficients()[2]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"logistic", "boosted"})
  void shouldWriteTheGoldenFile(String name) throws IOException {
    ScoringModel model = name.equals("logistic") ? Models.logistic() : Models.boosted();
    try (InputStream golden = resource("golden-" + name + ".json")) {
      assertEquals(new String(golden.readAllBytes(), UTF_8), new String(model.write(), UTF_8));
    }
  }

  @Test
  void shouldReadAStream() throws IOException {
    byte[] bytes = Models.boosted().write();
    ScoringModel model = ScoringModel.read(new ByteArrayInputStream(bytes));
    assertEquals(Models.FEATURES, model.features());
    assertEquals(Task.BINARY_CLASSIFICATION, model.task());
    assertEquals("gbt_classifier", model.algorithm());
    assertEquals("buysAgain", model.label());
  }

  @Test
  void shouldScoreByNameAsByPosition() {
    ScoringModel model = Models.logistic();
    double[] vector = {12, 3, 99.5};
    assertArrayEquals(vector, model.vector(ROW));
    assertEquals(model.score(vector), model.score(ROW), 0.0);
  }

  @Test
  void shouldNameEveryProblemAtOnceWhenARowIsWrong() {
    Map<String, @Nullable Object> row = new HashMap<>();
    row.put("frequency", "three");
    row.put("spend", Double.POSITIVE_INFINITY);
    row.put("tenure", 3);
    row.put("age", 44);
    InvalidFeaturesException refused =
        assertThrows(InvalidFeaturesException.class, () -> Models.logistic().score(row));
    assertEquals(
        List.of(
            new Problem("recency", Reason.MISSING, "missing; send a number"),
            new Problem(
                "frequency", Reason.NOT_A_NUMBER, "is 'three' (String); send a finite number"),
            new Problem("spend", Reason.NOT_A_NUMBER, "is Infinity; send a finite number"),
            new Problem("age", Reason.UNKNOWN, "unknown; leave it out"),
            new Problem("tenure", Reason.UNKNOWN, "unknown; leave it out")),
        refused.problems());
    assertEquals(
        "The row can't be scored: recency missing; send a number, frequency is 'three' (String); send a finite number, spend is Infinity; send a finite number, age unknown; leave it out, tenure unknown; leave it out. The model takes exactly these 3 features, each a finite number: recency, frequency, spend.",
        refused.getMessage());
  }

  @Test
  void shouldRefuseNullAsNotANumber() {
    Map<String, @Nullable Object> row = new HashMap<>(ROW);
    row.put("spend", null);
    InvalidFeaturesException refused =
        assertThrows(InvalidFeaturesException.class, () -> Models.logistic().score(row));
    assertEquals(
        List.of(new Problem("spend", Reason.NOT_A_NUMBER, "is null; send a finite number")),
        refused.problems());
  }

  @Test
  void shouldRefuseAVectorOfAnotherLength() {
    ScoringModel model = Models.logistic();
    InvalidFeaturesException tooShort =
        assertThrows(
            InvalidFeaturesException.class, () -> model.score(new double[] {Double.NaN, 1}));
    assertEquals(
        List.of(Reason.NOT_A_NUMBER, Reason.MISSING),
        tooShort.problems().stream().map(Problem::reason).toList());
    InvalidFeaturesException tooLong =
        assertThrows(
            InvalidFeaturesException.class, () -> model.score(new double[] {1, 2, 3, 4, 5}));
    assertEquals(
        List.of("position 4", "position 5"),
        tooLong.problems().stream().map(Problem::feature).toList());
  }

  @Test
  void shouldThrowRatherThanAnswerWithInfinity() {
    ScoringModel model =
        Models.regression("linear", new LinearRegression(new double[] {1e10, 1, 1}, 0));
    assertThrows(ArithmeticException.class, () -> model.score(new double[] {1e300, 1, 1}));
  }

  @Test
  void shouldAllocateNothingPerScore() {
    com.sun.management.ThreadMXBean thread =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] row = {0.5, -0.5, 1.5};
    Models.ofEachKind(7)
        .forEach(
            model -> {
              double sum = model.score(row);
              long before = thread.getCurrentThreadAllocatedBytes();
              for (int i = 0; i < 100_000; i++) {
                row[0] = i;
                sum += model.score(row);
              }
              long allocated = thread.getCurrentThreadAllocatedBytes() - before;
              assertTrue(Double.isFinite(sum));
              assertTrue(allocated < 10_000, model.algorithm() + " allocated " + allocated);
            });
  }

  @Test
  void shouldRefuseNamesThatMislead() {
    assertRefused("a feature is blank", List.of("recency", " ", "spend"));
    assertRefused("feature recency is named twice", List.of("recency", "recency", "spend"));
    assertRefused("feature y is the label itself", List.of("recency", "y", "spend"));
    assertRefused("reads 3 features, but 2 are named", List.of("recency", "spend"));
    assertRefused("reads 3 features, but 4 are named", List.of("a", "b", "c", "d"));
  }

  private static void assertRefused(String reason, List<String> features) {
    Predictor predictor = Models.logistic().predictor();
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ScoringModel(Task.BINARY_CLASSIFICATION, "lr", "y", features, predictor));
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused::toString);
  }

  @Test
  void shouldRefuseAPredictorOfAnotherTask() {
    Predictor linear = new LinearRegression(new double[] {1, 2, 3}, 0);
    assertThrows(IllegalArgumentException.class, () -> Models.binary("linear", linear));
    Predictor beyondOne = DecisionTree.of(new DecisionTree.Leaf(1.5));
    assertThrows(IllegalArgumentException.class, () -> Models.binary("tree", beyondOne));
    Predictor logistic = Models.logistic().predictor();
    assertThrows(IllegalArgumentException.class, () -> Models.regression("lr", logistic));
  }

  static InputStream resource(String name) throws IOException {
    InputStream stream = ScoringModelTest.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IOException("No test resource " + name);
    }
    return stream;
  }
}
