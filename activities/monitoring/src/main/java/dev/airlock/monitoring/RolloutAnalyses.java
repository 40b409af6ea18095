package dev.airlock.monitoring;

import dev.airlock.dsl.graph.Condition;
import dev.airlock.scoring.Wilson;
import dev.airlock.scoring.drift.Drift;
import dev.airlock.scoring.drift.FeatureDrift;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Rollouts;
import dev.airlock.store.Service;
import dev.airlock.store.Store;
import dev.airlock.workflows.AnalysisActivities;
import dev.airlock.workflows.Profile;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutAnalysis.Finding;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutPlan;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a rollout's version has shown in a step against the rollout's conditions.
 *
 * <ul>
 *   <li>Error rate, from 30 requests: fails where the lower end of its 95 % Wilson interval exceeds
 *       the bound; else passes where the figure itself keeps it; between the two it is
 *       inconclusive.
 *   <li>99th percentile of latency, from 30 requests: the same of the share of answers that were
 *       slower than the bound, which may be 1 %. So one slow answer of a hundred fails nothing.
 *   <li>Score shift, from 200 scores: the PSI against the scores on the rows that judged the
 *       version. Fails where it exceeds the bound by more than its noise, which few scores show by
 *       chance; is inconclusive up to there, and as long as the noise alone exceeds the bound; else
 *       passes.
 * </ul>
 *
 * <p>With less than that, and for whatever can't be known within a step, a finding is inconclusive.
 */
public final class RolloutAnalyses implements AnalysisActivities {
  private static final int FEWEST_SCORES = 200;
  private static final int MOST_SCORES = 100_000;
  private static final double SLOW_SHARE = 0.01;

  private final Rollouts rollouts;
  private final Service service;
  private final Versions versions;

  public RolloutAnalyses(Store store, ArtifactStore artifacts) {
    this(store.rollouts(), store.service(), new Versions(store.models(), artifacts));
  }

  RolloutAnalyses(Rollouts rollouts, Service service, Versions versions) {
    this.rollouts = rollouts;
    this.service = service;
    this.versions = versions;
  }

  @Override
  public RolloutAnalysis analyse(RolloutPlan plan, int step, int number, Instant since) {
    Traffic traffic = Traffic.of(service.since(plan.model(), plan.version(), since));
    List<Finding> findings =
        plan.promoteWhile().stream()
            .map(condition -> finding(plan, condition, traffic, since))
            .toList();
    RolloutAnalysis analysis = new RolloutAnalysis(verdict(findings), findings);
    return rollouts.keep(plan.rolloutId(), number, step, since, analysis);
  }

  private static Verdict verdict(List<Finding> findings) {
    for (Verdict worse : List.of(Verdict.FAILURE, Verdict.INCONCLUSIVE)) {
      if (findings.stream().anyMatch(finding -> finding.verdict() == worse)) {
        return worse;
      }
    }
    return Verdict.SUCCESS;
  }

  private Finding finding(RolloutPlan plan, Condition condition, Traffic traffic, Instant since) {
    if (condition instanceof Condition.OfSignal of) {
      return switch (of.signal()) {
        case ERROR_RATE -> errorRate(condition, traffic);
        case P99_MILLIS -> latency(condition, traffic);
        case SCORE_SHIFT -> scoreShift(condition, plan, since);
        case PSI, KS, JENSEN_SHANNON, PREDICTED_OVER_OBSERVED, PREDICTIONS, AGE_DAYS ->
            unknowable(condition);
      };
    }
    return unknowable(condition);
  }

  private static Finding unknowable(Condition condition) {
    return inconclusive(
        condition, null, 0, condition.figure() + " can't be known within a step of a rollout");
  }

  static Finding errorRate(Condition condition, Traffic traffic) {
    long requests = traffic.requests();
    if (requests < Traffic.FEWEST) {
      return tooFew(condition, requests, "requests", Traffic.FEWEST);
    }
    double rate = traffic.errorRate();
    String detail =
        "%d of %d requests were not answered, %s; %s"
            .formatted(traffic.errors(), requests, Words.percent(rate), Words.allowed(condition));
    double low = Wilson.low(traffic.errors(), requests);
    double high = Wilson.high(traffic.errors(), requests);
    boolean fails = !condition.holds(low) && !condition.holds(high);
    return new Finding(condition, rate, requests, share(fails, condition.holds(rate)), detail);
  }

  static Finding latency(Condition condition, Traffic traffic) {
    long requests = traffic.timed();
    if (requests < Traffic.FEWEST) {
      return tooFew(condition, requests, "answers", Traffic.FEWEST);
    }
    double p99 = traffic.p99Millis();
    String bound = Words.bound(condition, condition.bound());
    long slow = traffic.slowerThan(condition.bound());
    String detail =
        "99th percentile %s ms, %d of %d answers took longer than %s; %s"
            .formatted(Words.rounded(p99, 1), slow, requests, bound, Words.allowed(condition));
    boolean fails = !condition.holds(p99) && Wilson.low(slow, requests) > SLOW_SHARE;
    return new Finding(condition, p99, requests, share(fails, condition.holds(p99)), detail);
  }

  private static Verdict share(boolean fails, boolean passes) {
    if (fails) {
      return Verdict.FAILURE;
    }
    return passes ? Verdict.SUCCESS : Verdict.INCONCLUSIVE;
  }

  private Finding scoreShift(Condition condition, RolloutPlan plan, Instant since) {
    Profile profile = versions.judged(plan.model(), plan.version()).profile();
    if (profile == null) {
      return inconclusive(
          condition, null, 0, "The version's evidence holds no scores to compare with");
    }
    List<Double> scores = rollouts.scoresSince(plan.model(), plan.version(), since, MOST_SCORES);
    if (scores.size() < FEWEST_SCORES) {
      return tooFew(condition, scores.size(), "scores", FEWEST_SCORES);
    }
    double[] window = scores.stream().mapToDouble(Double::doubleValue).toArray();
    return scoreShift(
        condition, Drift.between(DriftReader.reference(profile.judgedScores()), window));
  }

  static Finding scoreShift(Condition condition, FeatureDrift drift) {
    double psi = drift.psi();
    boolean isNoisy = !condition.holds(drift.noise());
    boolean fails = !condition.holds(psi - drift.noise());
    String detail =
        "PSI of %d scores against those that judged the version %s, chance alone gives up to %s; %s"
            .formatted(
                drift.rows(),
                Words.rounded(psi, 3),
                Words.rounded(drift.noise(), 3),
                Words.allowed(condition));
    Verdict verdict = share(fails, condition.holds(psi) && !isNoisy);
    return new Finding(condition, psi, drift.rows(), verdict, detail);
  }

  private static Finding tooFew(Condition condition, long rows, String what, int fewest) {
    return inconclusive(
        condition,
        null,
        rows,
        "%d %s in this step, at least %d needed".formatted(rows, what, fewest));
  }

  private static Finding inconclusive(
      Condition condition, @Nullable Double figure, long rows, String detail) {
    return new Finding(condition, figure, rows, Verdict.INCONCLUSIVE, detail);
  }
}
