package dev.airlock.web.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.airlock.scoring.ScoringModel;
import dev.airlock.store.LiveRoute;
import dev.airlock.store.Prediction;
import dev.airlock.web.http.ProblemException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of one request, each scored by the version that its customer meets. A row that the
 * candidate can't answer is answered by the live version, and is the candidate's error: customers
 * are not to suffer from a rollout, and its analysis is to see it.
 */
final class Batch {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);
  private static final JsonFactory JSON = new JsonFactory();

  private final LiveModel model;
  private final Instant at;
  private final Instant asOf;
  private final List<Prediction> predictions = new ArrayList<>();
  private final List<Arm> arms = new ArrayList<>();
  private boolean touchesLive;
  private boolean touchesCandidate;
  private boolean failedLive;
  private boolean failedCandidate;

  /**
   * Nothing is scored yet: see {@link #score}.
   *
   * @param at when the request came
   */
  Batch(LiveModel model, InferRequest request, Instant at) {
    this.model = model;
    this.at = at;
    Instant wanted = request.asOf();
    this.asOf = wanted == null ? at : wanted;
  }

  /**
   * Scores every row.
   *
   * @throws ProblemException 400 where the live version has no finite score for a row
   */
  void score(FeatureRows rows) {
    for (int row = 0; row < rows.count(); row++) {
      String customer = rows.customer(row);
      if (model.arm(customer) == Arm.LIVE || !candidateScored(rows, row, customer)) {
        liveScores(rows, row, customer);
      }
    }
  }

  private boolean candidateScored(FeatureRows rows, int row, @Nullable String customer) {
    touchesCandidate = true;
    ScoringModel candidate = model.candidate();
    Integer version = model.route().candidate();
    double[] vector = rows.candidateVector(row);
    if (candidate == null || version == null || vector == null) {
      failedCandidate = true;
      return false;
    }
    double score;
    try {
      score = candidate.score(vector);
    } catch (RuntimeException e) {
      failedCandidate = true;
      report(e);
      return false;
    }
    add(Arm.CANDIDATE, prediction(rows, row, customer, version, score, candidate, vector));
    return true;
  }

  private void report(RuntimeException e) {
    LiveRoute route = model.route();
    if (model.isFirstFailure()) {
      LOG.warn(
          "The candidate, version {} of {}, fails; version {} answers in its place. This is said once an epoch",
          route.candidate(),
          route.model(),
          route.version(),
          e);
    }
  }

  private void liveScores(FeatureRows rows, int row, @Nullable String customer) {
    touchesLive = true;
    double[] vector = rows.vector(row);
    double score;
    try {
      score = model.model().score(vector);
    } catch (ArithmeticException e) {
      failedLive = true;
      throw ProblemException.badRequest("Row %d: %s.".formatted(row, e.getMessage()));
    } catch (RuntimeException e) {
      failedLive = true;
      throw e;
    }
    add(
        Arm.LIVE,
        prediction(rows, row, customer, model.route().version(), score, model.model(), vector));
  }

  private void add(Arm arm, Prediction prediction) {
    arms.add(arm);
    predictions.add(prediction);
  }

  private Prediction prediction(
      FeatureRows rows,
      int row,
      @Nullable String customer,
      int version,
      double score,
      ScoringModel scorer,
      double[] vector) {
    return new Prediction(
        rows.id(row),
        model.route().model(),
        version,
        asOf,
        at,
        score,
        customer,
        inputs(scorer.features(), vector));
  }

  private static String inputs(List<String> features, double[] vector) {
    StringWriter text = new StringWriter(24 * vector.length);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (int f = 0; f < vector.length; f++) {
        json.writeNumberField(features.get(f), vector[f]);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("The features can't be written", e);
    }
    return text.toString();
  }

  /** Notes that none of the versions has answered after all. */
  void fail() {
    failedLive = touchesLive;
    failedCandidate = touchesCandidate;
  }

  /** Counts the request once for each version that it has touched. */
  void count(ServiceCounts counts, long nanos) {
    LiveRoute route = model.route();
    if (touchesLive) {
      counts.count(route.model(), route.version(), asOf, answered(Arm.LIVE), failedLive, nanos);
    }
    Integer candidate = route.candidate();
    if (touchesCandidate && candidate != null) {
      counts.count(route.model(), candidate, asOf, answered(Arm.CANDIDATE), failedCandidate, nanos);
    }
  }

  private int answered(Arm arm) {
    return Collections.frequency(arms, arm);
  }

  LiveModel model() {
    return model;
  }

  /** One a row. */
  List<Prediction> predictions() {
    return predictions;
  }

  /** Who has answered each row. */
  List<Arm> arms() {
    return arms;
  }
}
