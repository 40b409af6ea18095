package dev.airlock.scoring;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a feature is worth to a model: by how much a figure gets worse where the feature's values
 * are shuffled among the rows (Breiman, "Random forests", 2001; Fisher, Rudin and Dominici, "All
 * models are wrong, but many are useful", 2019). Features that tell the same share their worth:
 * each can stand in for the other, and both look small.
 */
public final class PermutationImportance {

  private final ScoringModel model;
  private final double[][] columns;
  private final double[] labels;
  private final Measure measure;
  private final double[] scores;

  /**
   * The importance to a model.
   *
   * @param columns the model's features in its order, each with one value a row
   * @param measure one with a {@link PairedDifference}: AUC, LOG_LOSS, BRIER, RMSE or MAE
   */
  public PermutationImportance(
      ScoringModel model, double[][] columns, double[] labels, Measure measure) {
    this.model = model;
    this.columns = columns.clone();
    this.labels = labels.clone();
    this.measure = measure;
    this.scores = scores(columns);
  }

  /**
   * How much worse it gets without a feature, above 0 where it gets worse: the mean of several
   * shuffles. The interval is that of the paired difference on these rows, its width the mean of
   * the shuffles'.
   *
   * @param feature its place
   * @param shuffles at least 1
   */
  public PairedDifference of(int feature, int shuffles) {
    double worsening = 0;
    double reach = 0;
    SplittableRandom random =
        new SplittableRandom(Bootstrap.seed(columns[feature]) ^ Bootstrap.seed(labels));
    for (int i = 0; i < shuffles; i++) {
      double[][] shuffled = columns.clone();
      shuffled[feature] = shuffled(columns[feature], random);
      PairedDifference gain = gain(scores(shuffled));
      worsening += gain.difference() / shuffles;
      reach += (gain.high() - gain.low()) / 2 / shuffles;
    }
    return new PairedDifference(worsening, worsening - reach, worsening + reach);
  }

  /** By how much the model is better than these scores. */
  private PairedDifference gain(double[] worse) {
    return switch (measure) {
      case AUC -> PairedDifference.auc(scores, worse, labels);
      case LOG_LOSS -> PairedDifference.logLoss(worse, scores, labels);
      case BRIER -> PairedDifference.brier(worse, scores, labels);
      case RMSE -> PairedDifference.rmse(worse, scores, labels);
      case MAE -> PairedDifference.mae(worse, scores, labels);
      case PR_AUC, BRIER_SKILL ->
          throw new IllegalArgumentException(
              measure + " has no paired difference, expected AUC, LOG_LOSS, BRIER, RMSE or MAE");
    };
  }

  private double[] scores(double[][] of) {
    double[] found = new double[labels.length];
    double[] vector = new double[of.length];
    for (int row = 0; row < found.length; row++) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = of[i][row];
      }
      found[row] = model.score(vector);
    }
    return found;
  }

  private static double[] shuffled(double[] values, SplittableRandom random) {
    double[] shuffled = Arrays.copyOf(values, values.length);
    for (int i = shuffled.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      double value = shuffled[i];
      shuffled[i] = shuffled[other];
      shuffled[other] = value;
    }
    return shuffled;
  }
}
