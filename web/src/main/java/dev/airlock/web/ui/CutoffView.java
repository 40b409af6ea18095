package dev.airlock.web.ui;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is right and wrong from a threshold on, for every threshold that was looked at.
 *
 * @param threshold the chosen one
 * @param why it is the chosen one
 * @param chosen its place among {@code rows}
 * @param last the last place
 * @param rows for the script: threshold, then true and false positives, true and false negatives,
 *     of the candidate and, where there is one, of the champion, as JSON
 * @param costs for the script: of a false positive and of a false negative, as JSON; null where the
 *     pipeline names none
 * @param unit of the costs, or empty
 * @param costSays the costs at the chosen threshold with their intervals, or empty
 * @param models the candidate's matrix, then the champion's
 * @param table some thresholds, for those without a script
 */
public record CutoffView(
    String threshold,
    String why,
    int chosen,
    int last,
    String rows,
    @Nullable String costs,
    String unit,
    String costSays,
    List<Matrix> models,
    List<Row> table) {

  /**
   * A model's confusion matrix at the chosen threshold.
   *
   * @param place 0 for the candidate, 1 for the champion
   */
  public record Matrix(int place, String name, Figures figures) {}

  /** What follows from one threshold. */
  public record Figures(
      String truePositives,
      String falsePositives,
      String trueNegatives,
      String falseNegatives,
      String precision,
      String recall,
      String flagged,
      String cost) {}

  /** One threshold, of each model. */
  public record Row(String threshold, boolean chosen, List<Figures> models) {}
}
