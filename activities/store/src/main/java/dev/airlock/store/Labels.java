package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.SqlObject;

/** What came true. */
public interface Labels extends SqlObject {

  /**
   * Counts each exactly once and answers each, in order, in one transaction. Where one batch holds
   * an id twice, the first counts.
   */
  List<Feedback.Answer> take(List<Feedback> feedback);

  /** Counts the labels that waited for predictions which are stored by now. */
  int settleWaiting();

  /** Labels that wait for their prediction. */
  long waiting();

  /**
   * Scores and labels of a version's predictions of a span of event time, and how many have none.
   */
  Labelled labelled(String model, int version, Instant opens, Instant closes, Instant asOf);

  /**
   * Scores with what came true.
   *
   * @param unlabelled predictions of the span without a label that was known as of the check
   */
  record Labelled(List<Double> scores, List<Double> labels, long unlabelled) {
    public Labelled {
      scores = List.copyOf(scores);
      labels = List.copyOf(labels);
    }
  }
}
