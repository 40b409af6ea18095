package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jspecify.annotations.Nullable;

/** Watches over models, and what they have seen. */
public interface Monitors extends SqlObject {

  List<Monitor> list();

  Optional<Monitor> find(long id);

  List<Monitor> ofModel(String model);

  void pause(long id, boolean paused);

  /**
   * Puts a monitor in place, or changes it. Idempotent under (model, name); an older run never
   * undoes what a newer one has put in place.
   *
   * @return its id
   */
  long install(StageTask task, String model, Work.Monitor spec, Duration every);

  /**
   * Writes a check down and has it carried to Temporal, in one transaction. Idempotent under
   * (monitor, asOf): the same check is answered again.
   *
   * @return the check's id
   * @throws UnknownEntityException where there is no such monitor
   */
  long requestCheck(long monitorId, Instant asOf, String by);

  Optional<MonitorCheck> check(long id);

  /** The monitor's checks, newest first, at most {@code limit}. */
  List<MonitorCheck> checks(long monitorId, int limit);

  void noteState(long checkId, String state);

  /**
   * Versions of the model with predictions of event times before {@code asOf}, with the span of
   * those: what there is to measure.
   */
  List<Span> spans(String model, Instant asOf);

  /** A version's predictions of a span of event time: each score with its features as JSON. */
  void readPredictions(
      String model, int version, Instant opens, Instant closes, Consumer<Row> reader);

  /** Measured windows of a monitor, oldest first. */
  List<MonitorWindow> windows(long monitorId);

  /** Measured windows of a model, oldest first; null for every version or aspect. */
  List<MonitorWindow> windows(String model, @Nullable Integer version, @Nullable String aspect);

  /**
   * Keeps a window. Idempotent under (monitor, version, opens, aspect): the first that rests on
   * sufficient data stays.
   */
  void keep(MonitorWindow window);

  /** The span of event time of a version's predictions, both ends included, and their number. */
  record Span(int version, Instant first, Instant last, long predictions) {}

  /** One prediction. */
  record Row(double score, String inputs) {}

  /** What a rule remembers of one version. */
  record RuleState(
      int rule,
      int version,
      int streak,
      @Nullable Instant lastWindow,
      @Nullable Instant firedAsOf) {}

  List<RuleState> ruleStates(long monitorId);

  /**
   * Carries out what a check has made of the rules, and ends it, in one transaction: alerts,
   * retrains and rollbacks. Does nothing to a check that is done. A retrain is a run of the
   * monitor's pipeline in its current version, with the monitor's params, as of the check, asked
   * for by whoever published it, at most one a check; its trigger detail names monitor, rule and
   * figures.
   */
  void conclude(long checkId, List<RuleVerdict> verdicts);
}
