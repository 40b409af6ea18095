package dev.airlock.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** What came true. */
public interface Labels extends SqlObject {

  /**
   * Counts each exactly once and answers each, in order. Where one batch holds an id twice, the
   * first that fits counts. A label whose prediction is not stored is kept, and counted as soon as
   * the prediction is there, whichever of the two is committed first; of the same label at several
   * moments the latest is kept, since an earlier one may turn out to be too early.
   */
  default List<Feedback.Answer> take(List<Feedback> feedback, Acting acting) {
    if (feedback.isEmpty()) {
      return List.of();
    }
    Handle handle = getHandle();
    List<Feedback.Answer> answers =
        handle.inTransaction(transaction -> take(transaction, feedback, acting));
    // A prediction may have been committed while its label went to those that wait: neither of the
    // two transactions saw the other, so whoever comes last looks again.
    if (answers.stream().anyMatch(answer -> answer.state() == Feedback.State.UNKNOWN)) {
      LabelLedger.settle(handle, feedback.stream().map(Feedback::predictionId).toList());
    }
    return answers;
  }

  private static List<Feedback.Answer> take(Handle handle, List<Feedback> feedback, Acting acting) {
    List<Feedback.Answer> answers = LabelLedger.take(handle, feedback);
    Map<String, Long> counts =
        answers.stream()
            .collect(
                Collectors.groupingBy(
                    answer -> Words.of(answer.state()), TreeMap::new, Collectors.counting()));
    Audit.record(
        handle,
        acting
            .did(
                AuditAction.TAKE_FEEDBACK,
                "feedback",
                Objects.requireNonNullElse(acting.origin().requestId(), "batch"))
            .after(counts));
    return answers;
  }

  /**
   * Counts the labels that waited for predictions which are stored by now; notes why where one does
   * not fit. Storing a prediction does the same for its own label: this is for what a crash between
   * the two has left.
   *
   * @return how many were counted
   */
  default int settleWaiting() {
    return LabelLedger.settle(getHandle(), null);
  }

  /** Labels that wait for their prediction. */
  @SqlQuery("select count(*) from waiting_label where refused is null")
  long waiting();

  /**
   * Scores and labels of a version's predictions of a span of event time, and how many have none.
   *
   * @param opens the first moment
   * @param closes the first moment after the span
   * @param asOf labels of a later moment are not known yet
   */
  default Labelled labelled(
      String model, int version, Instant opens, Instant closes, Instant asOf) {
    return getHandle()
        .inTransaction(handle -> LabelLedger.labelled(handle, model, version, opens, closes, asOf));
  }

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
