package dev.airlock.store;

import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jspecify.annotations.Nullable;

/** Rollouts, and what people and the analysis say of them. */
public interface Rollouts extends SqlObject {

  Optional<Rollout> find(long id);

  Optional<RolloutDetail> detail(long id);

  /** The one that is under way. */
  Optional<Rollout> active(String model);

  /** All that are under way, oldest first. */
  List<Rollout> active();

  /** The model's, newest first. */
  List<Rollout> ofModel(String model);

  /**
   * Writes down what a person wants and has it carried to the rollout's workflow, in one
   * transaction.
   *
   * @return the control's id
   * @throws UnknownEntityException where there is no such rollout
   */
  CommandRequest request(long rolloutId, RolloutControl.Kind kind, String by, String reason);

  Optional<RolloutDetail.Control> control(long controlId);

  /**
   * Asks for a rollout of a version that holds an unrevoked approval, outside a run.
   *
   * @return a model_command's id, Forbidden without an approval, Conflict while another is under
   *     way
   */
  CommandRequest start(String model, int version, String canaryJson, String by, String reason);

  /** Keeps an analysis. Idempotent under (rollout, number): the first stays, and is answered. */
  RolloutAnalysis keep(
      long rolloutId, int number, int step, Instant since, RolloutAnalysis analysis);

  /**
   * The scores that a version gave from a moment on, by the gateways' clock; at most {@code limit}.
   */
  List<Double> scoresSince(String model, int version, Instant since, int limit);

  /** Seconds of traffic since a moment, by version, for the page of a rollout. */
  List<TrafficPoint> traffic(String model, Instant since, @Nullable Instant until);

  /** Requests that a version answered in one second. */
  record TrafficPoint(Instant at, int version, long requests, long errors) {}
}
