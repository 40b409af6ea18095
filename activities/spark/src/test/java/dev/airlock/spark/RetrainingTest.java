package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.examples.RepeatPurchase;
import dev.airlock.examples.RepeatPurchaseInCents;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.Reference;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Evidence.Difference;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.Profile.Distribution;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.Judgement;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The example half a year later: what has moved, what a retrain gains, what a mistake shows. */
final class RetrainingTest {

  private static final Instant HALF_A_YEAR_LATER = Instant.parse("1998-06-30T00:00:00Z");
  private static final LocalDate HOLDOUT = LocalDate.of(1998, 3, 31);

  /** The least PSI that commonly asks for an act. */
  private static final double MOVED = 0.2;

  @Test
  void shouldTrainOnAllThatTheEmbargoAllows() {
    Evidence evidence = evidence(Shared.RETRAINED);

    assertEquals(
        IntStream.rangeClosed(4, 11).mapToObj(month -> monthEnd(1997, month)).toList(),
        evidence.trainedOn());
    assertEquals(LocalDate.of(1997, 12, 31), evidence.chosenOn());
    assertEquals(HOLDOUT, evidence.judgedOn());
    assertEquals(8 * 23_570, evidence.trainingRows());
    assertTrue(evidence.requirements().stream().allMatch(Evidence.RequirementCheck::holds));
  }

  /** Better probabilities, since the old ones were far too high by then; not a better order. */
  @Test
  void shouldGainProbabilitiesButNoOrderOverTheLiveVersion() {
    Evidence evidence = evidence(Shared.RETRAINED);
    Evidence.Champion champion = Objects.requireNonNull(evidence.champion());
    Map<String, Difference> differences = Objects.requireNonNull(champion.differences());

    assertEquals(1, champion.version());
    Difference brier = difference(differences, "brier");
    assertTrue(brier.high() < -0.004 && brier.low() > -0.008, brier::toString);
    Difference logLoss = difference(differences, "log_loss");
    assertTrue(logLoss.high() < -0.01, logLoss::toString);
    Difference auc = difference(differences, "auc");
    assertTrue(auc.low() > -0.002 && auc.high() < 0.002, auc::toString);
    assertTrue(Objects.requireNonNull(champion.metrics().get("auc")) > 0.83);
  }

  /** The cohort ages: nobody joins it, so recency moves whatever the shop does. */
  @Test
  void shouldShowTheAgeOfTheCohortAsDriftOfRecencyMostOfAll() {
    Profile profile = profile(Shared.first());
    Map<String, Double> moved = new TreeMap<>();
    profile
        .features()
        .forEach(
            (name, learnt) ->
                moved.put(name, psi(learnt, column(Shared.RETRAINED, name, monthEnd(1998, 1)))));

    double most = moved.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    assertEquals(most, moved.get("log_recency"), moved.toString());
    assertTrue(most > 2, moved.toString());
  }

  /** What the canary's condition on scores rests on. */
  @Test
  void shouldTellAModelInCentsFromAnHonestOneByItsScoresInDollarsAlone() {
    Evidence honest = evidence(Shared.RETRAINED);
    Evidence broken = evidence(Shared.IN_CENTS);

    assertEquals("repeat-purchase", broken.model());
    for (String metric : List.of("auc", "brier", "log_loss")) {
      assertEquals(figure(honest, metric), figure(broken, metric), 0.001, metric);
    }
    assertTrue(broken.requirements().stream().allMatch(Evidence.RequirementCheck::holds));
    Evidence.Champion champion = Objects.requireNonNull(broken.champion());
    double fooled = difference(Objects.requireNonNull(champion.differences()), "log_loss").high();
    assertTrue(fooled < -0.05, "the live version is asked in cents: " + fooled);

    LocalDate[] live = {monthEnd(1998, 4), monthEnd(1998, 5), monthEnd(1998, 6)};
    double honestly =
        psi(profile(Shared.RETRAINED).judgedScores(), scores(honest, Shared.RETRAINED, live));
    double wrongly =
        psi(profile(Shared.IN_CENTS).judgedScores(), scores(broken, Shared.IN_CENTS, live));
    assertTrue(honestly < MOVED / 1.5, "honest " + honestly);
    assertTrue(wrongly > MOVED * 5, "broken " + wrongly);
  }

  private static double psi(Distribution learnt, double[] window) {
    Reference reference =
        new Reference(learnt.count(), learnt.edges(), learnt.counts(), learnt.quantiles());
    return Drift.between(reference, window).psi();
  }

  /** What the version answers to customers, who are always asked about in dollars. */
  private static double[] scores(Evidence evidence, Cdnow run, LocalDate... monthEnds) {
    ScoringModel model = ScoringModel.read(run.world.artifacts.get(evidence.artifactDigest()));
    return dollars(monthEnds).stream()
        .mapToDouble(
            row -> model.score(model.features().stream().mapToDouble(row::<Double>getAs).toArray()))
        .toArray();
  }

  private static double[] column(Cdnow run, String name, LocalDate monthEnd) {
    return rows(run, monthEnd).stream().mapToDouble(row -> row.<Double>getAs(name)).toArray();
  }

  private static List<Row> dollars(LocalDate... monthEnds) {
    return rows(Shared.RETRAINED, monthEnds);
  }

  private static List<Row> rows(Cdnow run, LocalDate... monthEnds) {
    return Stored.rows(World.session(), run.output("features", DatasetVersion.class))
        .where(Columns.quoted("as_of").isin((Object[]) monthEnds))
        .collectAsList();
  }

  private static LocalDate monthEnd(int year, int month) {
    return LocalDate.of(year, month, 1).plusMonths(1).minusDays(1);
  }

  private static double figure(Evidence evidence, String metric) {
    return Objects.requireNonNull(evidence.metrics().get(metric), metric);
  }

  private static Difference difference(Map<String, Difference> differences, String metric) {
    return Objects.requireNonNull(differences.get(metric), metric);
  }

  private static Evidence evidence(Cdnow run) {
    return read(run, run.output("judge", Judgement.class).evidenceDigest(), Evidence.class);
  }

  private static Profile profile(Cdnow run) {
    return read(run, Objects.requireNonNull(evidence(run).profileDigest()), Profile.class);
  }

  private static <T> T read(Cdnow run, String digest, Class<T> as) {
    return Json.read(new String(run.world.artifacts.get(digest), StandardCharsets.UTF_8), as);
  }

  /** Each of the three models once, for all tests here. */
  private static final class Shared {
    static final Cdnow RETRAINED = after(new RepeatPurchase().define().graph(), 1, first());
    static final Cdnow IN_CENTS = after(new RepeatPurchaseInCents().define().graph(), 2, RETRAINED);

    static Cdnow first() {
      return RepeatPurchaseTest.Shared.RUN;
    }

    /** A run while the model that another run has judged is live. */
    private static Cdnow after(Graph graph, int version, Cdnow champion) {
      World world = new World(graph);
      String digest = evidence(champion).artifactDigest();
      world.artifacts.put(champion.world.artifacts.get(digest));
      world.live.put("repeat-purchase", new Champions.LiveModel(version, digest, null));
      return Cdnow.run(world, graph, HALF_A_YEAR_LATER);
    }
  }
}
