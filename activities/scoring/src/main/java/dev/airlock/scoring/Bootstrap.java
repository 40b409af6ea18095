package dev.airlock.scoring;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How sure figures are, by resampling (Efron and Tibshirani, "An Introduction to the Bootstrap",
 * 1993, chapters 13 and 14): rows are drawn with replacement, as many of each class as there are,
 * and measured, again and again. Every model is measured on the same draws, so that differences are
 * paired. The same labels give the same draws, on any machine.
 *
 * <p>The work is bounded rather than the time, or a busy machine would give other figures: {@link
 * #resamples} says how often.
 */
public final class Bootstrap {

  private static final int MOST = 1_000;
  private static final int FEWEST = 100;

  /** Rows drawn in all: half a second for each model. */
  private static final long DRAWS = 30_000_000;

  /** Fewer rows, or rows of a class, have no spread to make an interval of. */
  private static final int FEWEST_ROWS = 2;

  private final Task task;
  private final double[] labels;
  private final int resamples;
  private final long seed;
  private final List<int[]> strata;

  /**
   * Resampling of rows.
   *
   * @param labels one a row
   * @param resamples how many times they are drawn, at least 1
   */
  public Bootstrap(Task task, double[] labels, int resamples) {
    if (resamples < 1) {
      throw new IllegalArgumentException(
          "%d resamples, expected at least one".formatted(resamples));
    }
    this.task = task;
    this.labels = labels.clone();
    this.resamples = resamples;
    this.seed = seed(labels);
    this.strata = strata(task, labels);
  }

  /**
   * How often so many rows are to be drawn: 1,000 times up to 30,000 rows, then ever less, to 100.
   */
  public static int resamples(int rows) {
    return (int) Math.max(FEWEST, Math.min(MOST, DRAWS / Math.max(1, rows)));
  }

  /** A number that follows from the values, and from nothing else. */
  public static long seed(double[] values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(values.length * Double.BYTES);
      buffer.asDoubleBuffer().put(values);
      return ByteBuffer.wrap(digest.digest(buffer.array())).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  /** Whether there are rows enough, of each class where there are classes, to make intervals of. */
  public boolean isPossible() {
    return strata.size() == (task == Task.BINARY_CLASSIFICATION ? 2 : 1)
        && strata.stream().allMatch(stratum -> stratum.length >= FEWEST_ROWS);
  }

  /** The figures of a model's scores, drawn and drawn again. */
  public ResampledFigures figures(double[] scores) {
    return figures(List.of(scores)).get(0);
  }

  /**
   * The figures of several models, on the same draws.
   *
   * @param scores each model's, one a row
   * @return each model's
   * @throws IllegalStateException where it is not {@link #isPossible possible}
   */
  public List<ResampledFigures> figures(List<double[]> scores) {
    List<Measure> measures = Measure.of(task);
    List<double[][]> drawn =
        draw(scores.stream().map(one -> WeightedFigures.of(task, one, labels)).toList());
    List<ResampledFigures> figures = new ArrayList<>();
    for (double[][] ofModel : drawn) {
      Map<Measure, Resampled> byMeasure = new EnumMap<>(Measure.class);
      for (int i = 0; i < measures.size(); i++) {
        byMeasure.put(measures.get(i), resampled(ofModel[i]));
      }
      figures.add(new ResampledFigures(byMeasure));
    }
    return figures;
  }

  /** The mean of what each row costs, for several models, on the same draws. */
  public List<Resampled> means(List<double[]> losses) {
    return draw(losses.stream().map(WeightedFigures::mean).toList()).stream()
        .map(drawn -> resampled(drawn[0]))
        .toList();
  }

  /** The first is that of the rows as they are. */
  private static Resampled resampled(double[] figures) {
    double[] again = new double[figures.length - 1];
    System.arraycopy(figures, 1, again, 0, again.length);
    return new Resampled(figures[0], again);
  }

  private List<double[][]> draw(List<WeightedFigures> models) {
    if (!isPossible()) {
      throw new IllegalStateException(
          "There are fewer than %d rows, or rows of a class: no spread to make an interval of"
              .formatted(FEWEST_ROWS));
    }
    List<double[][]> found =
        models.stream().map(m -> new double[m.count()][resamples + 1]).toList();
    int[] weights = new int[labels.length];
    Arrays.fill(weights, 1);
    SplittableRandom random = new SplittableRandom(seed);
    for (int resample = 0; resample <= resamples; resample++) {
      if (resample > 0) {
        drawWeights(weights, random);
      }
      for (int model = 0; model < found.size(); model++) {
        double[] figures = new double[models.get(model).count()];
        models.get(model).measure(weights, figures);
        for (int i = 0; i < figures.length; i++) {
          found.get(model)[i][resample] = figures[i];
        }
      }
    }
    return found;
  }

  private void drawWeights(int[] weights, SplittableRandom random) {
    Arrays.fill(weights, 0);
    for (int[] stratum : strata) {
      for (int i = 0; i < stratum.length; i++) {
        weights[stratum[random.nextInt(stratum.length)]]++;
      }
    }
  }

  private static List<int[]> strata(Task task, double[] labels) {
    if (task == Task.REGRESSION) {
      return List.of(IntStream.range(0, labels.length).toArray());
    }
    List<int[]> strata = new ArrayList<>();
    for (double label : new double[] {0, 1}) {
      int[] rows = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
      if (rows.length > 0) {
        strata.add(rows);
      }
    }
    return strata;
  }
}
