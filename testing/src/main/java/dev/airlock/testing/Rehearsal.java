package dev.airlock.testing;

import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineSource;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.PastStage;
import dev.airlock.workflows.ResumePlan;
import dev.airlock.workflows.ResumePlanner;
import dev.airlock.workflows.RolloutAnalysis.Verdict;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RunRequest;
import dev.airlock.workflows.StageChange;
import dev.airlock.workflows.StageOutput;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline without a world: no Spark, no database, no gateway, and no waiting. The engine is
 * the real one, so order, retries, approvals, time limits and what a failure takes with it are what
 * they are in production; a wait of fourteen days takes about a second, a canary of fourteen days a
 * few, since it looks each hour.
 *
 * <pre>{@code
 * @Test
 * void shouldGoLiveOnceSomebodyHasApproved() {
 *   RehearsedRun run = Rehearsal.of(new RepeatPurchase()).approve("anna").run();
 *
 *   assertEquals(RunState.SUCCEEDED, run.state());
 *   assertEquals(StageState.SUCCEEDED, run.stage("go-live"));
 * }
 *
 * @Test
 * void shouldNotGoLiveWhenNobodyDecides() {
 *   RehearsedRun run = Rehearsal.of(new RepeatPurchase()).run();
 *
 *   assertEquals("Nobody decided within 3 days.", run.error("promote").message());
 *   assertEquals(StageState.UPSTREAM_FAILED, run.stage("go-live"));
 *   assertEquals(3, run.elapsed().toDays());
 * }
 *
 * @Test
 * void shouldGoBackWhenTheCanaryFails() {
 *   RehearsedRun run =
 *       Rehearsal.of(new RepeatPurchase())
 *           .liveAlready()
 *           .approve("anna")
 *           .canaryFails("go-live", 25, "2 % of the requests failed.")
 *           .run();
 *
 *   assertEquals(List.of(5, 25, 0), run.weights("go-live"));
 *   assertEquals(StageFailure.ROLLED_BACK, run.error("go-live").type());
 * }
 * }</pre>
 *
 * <p>Every stage succeeds with a plausible result unless the rehearsal says otherwise. SQL, data
 * and models are not looked at, and tasks of one's own are not called: they are plain Java, to be
 * tested by themselves. No program runs, no server and no database is asked. Nobody decides unless
 * the rehearsal says who; whoever asked for the run, {@link #REQUESTED_BY}, may not. A canary finds
 * nothing wrong unless it is said to, and a monitor is put in place but sees nothing.
 */
public final class Rehearsal {

  /** Who has asked for the run. */
  public static final String REQUESTED_BY = "engineer";

  private final Graph graph;
  private final Cast cast;
  private final SortedMap<String, String> params = new TreeMap<>();
  private final Script script = new Script();
  private final List<RehearsedRun> runs = new ArrayList<>();
  private final Map<RehearsedRun, SortedMap<String, String>> began = new LinkedHashMap<>();
  private Instant logicalDate = Instant.parse("2026-01-05T00:00:00Z");

  private Rehearsal(Graph graph) {
    this.graph = graph;
    this.cast = new Cast(graph);
  }

  /** A rehearsal of the pipeline that the class defines. */
  public static Rehearsal of(PipelineSource source) {
    return of(source.define());
  }

  /** A rehearsal of a pipeline. */
  public static Rehearsal of(Pipeline pipeline) {
    return new Rehearsal(pipeline.graph());
  }

  /** The moment that the run stands for; the clock starts there. */
  public Rehearsal logicalDate(Instant moment) {
    logicalDate = moment;
    return this;
  }

  /** The day that the run stands for, from its start in UTC. */
  public Rehearsal logicalDate(LocalDate day) {
    return logicalDate(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /**
   * Gives the run a param.
   *
   * @throws IllegalArgumentException where the pipeline has no such param
   */
  public Rehearsal param(String name, Object value) {
    cast.requireParam(name);
    params.put(name, value.toString());
    return this;
  }

  /** Lets each of these people in turn approve whatever is asked. */
  public Rehearsal approve(String... people) {
    for (String person : people) {
      script.vote(new Vote(person, true, "Looks right."));
    }
    return this;
  }

  /** Lets somebody reject whatever is asked, after those who approve. */
  public Rehearsal reject(String person, String reason) {
    script.vote(new Vote(person, false, reason));
    return this;
  }

  /** Nobody decides, which is so unless somebody is named. */
  public Rehearsal nobodyDecides() {
    script.forgetVotes();
    return this;
  }

  /** How long each person takes; an hour, unless this says otherwise. */
  public Rehearsal decidingTakes(Duration each) {
    script.decidingTakes(each);
    return this;
  }

  /**
   * Fails every attempt at a stage.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage
   */
  public Rehearsal stageFails(String stage, String message) {
    return stageFails(stage, Integer.MAX_VALUE, message);
  }

  /**
   * Fails the first attempts at a stage.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it is one that no
   *     attempt can fail: an approval or a deployment
   */
  public Rehearsal stageFails(String stage, int attempts, String message) {
    Work work = cast.require(stage).work();
    if (work instanceof Work.Approval || work instanceof Work.Deploy) {
      throw new IllegalArgumentException(
          "'%s' is %s: use reject(…) for an approval, refuseTraffic(…) for a deployment."
              .formatted(stage, work.kind()));
    }
    script.failures(stage, attempts, message);
    return this;
  }

  /**
   * What a task of one's own gives, a sensor finds or an event brings, as JSON; null unless this
   * says otherwise. For a map, the whole list; unless this says otherwise, null for each item of
   * the list that it is given, which {@code taskGives} must say.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it is neither
   */
  public Rehearsal taskGives(String stage, Object result) {
    Work work = cast.require(stage).work();
    if (!(work.ownTask().isPresent()
        || work instanceof Work.Sensor
        || work instanceof Work.AwaitEvent)) {
      throw new IllegalArgumentException(
          "'%s' is no task, sensor or event but %s.".formatted(stage, work.kind()));
    }
    script.result(stage, Json.write(result));
    return this;
  }

  /**
   * What a program gives; a record with ones and empty texts unless this says otherwise.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it runs no program
   */
  public Rehearsal processGives(String stage, Object result) {
    return gives(stage, result, Work.Program.class, "process");
  }

  /**
   * What a server answers; as for a program, or a status that is expected, unless this says
   * otherwise.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it asks no server
   */
  public Rehearsal httpGives(String stage, Object result) {
    return gives(stage, result, Work.Http.class, "http");
  }

  /**
   * What a statement gives: one changed row or no rows, unless this says otherwise.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it asks no database
   */
  public Rehearsal sqlGives(String stage, Object result) {
    return gives(stage, result, Work.Statement.class, "sql");
  }

  /**
   * What a job for Spark gives; as for a program.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it runs no jar
   */
  public Rehearsal sparkJarGives(String stage, Object result) {
    return gives(stage, result, Work.SparkJar.class, "spark");
  }

  private Rehearsal gives(String stage, Object result, Class<? extends Work> kind, String word) {
    cast.require(stage, kind, word);
    script.result(stage, Json.write(result));
    return this;
  }

  /**
   * What a choice answers, or, as {@code true} or {@code false}, an only-if. Without it, a choice
   * answers the first that it may, and what an only-if guards runs.
   *
   * @throws IllegalArgumentException where the pipeline has no such choice, or it never answers so
   */
  public Rehearsal chooses(String stage, Object answer) {
    String text = answer instanceof Enum<?> constant ? constant.name() : answer.toString();
    cast.requireAnswer(stage, text);
    script.result(stage, Json.write(text));
    return this;
  }

  /**
   * Lets a sensor look in vain so many times before something arrives. Without it, something has
   * arrived at its first look.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it is no sensor
   */
  public Rehearsal sensorArrivesAfter(String stage, int looksInVain) {
    cast.require(stage, Work.Sensor.class, "sensor");
    script.looksInVain(stage, looksInVain);
    return this;
  }

  /** Nothing ever arrives. As {@link #sensorArrivesAfter}. */
  public Rehearsal sensorFindsNothing(String stage) {
    return sensorArrivesAfter(stage, Integer.MAX_VALUE);
  }

  /**
   * Lets an event come so long after the stage began to wait. Without it, it has come before.
   *
   * @throws IllegalArgumentException where the pipeline has no such stage, or it waits for no event
   */
  public Rehearsal eventComesAfter(String stage, Duration time) {
    cast.require(stage, Work.AwaitEvent.class, "event");
    script.eventAfter(stage, time);
    return this;
  }

  /** The event never comes. As {@link #eventComesAfter}. */
  public Rehearsal eventNeverComes(String stage) {
    cast.require(stage, Work.AwaitEvent.class, "event");
    script.eventAfter(stage, null);
    return this;
  }

  /**
   * Fails every attempt at an item of a map.
   *
   * @param index in the map's list, from 0
   * @throws IllegalArgumentException where the pipeline has no such stage, or it is no map
   */
  public Rehearsal itemFails(String stage, int index, String message) {
    cast.require(stage, Work.Map.class, "map");
    script.itemFails(stage, index, message);
    return this;
  }

  /**
   * The candidate's figure on the holdout. Where it does not keep the evaluation's bounds, the
   * evaluation fails; unless this says otherwise, every bound is kept.
   */
  public Rehearsal figure(Metric metric, double figure) {
    script.figure(metric, figure);
    return this;
  }

  /**
   * Lets another version be live before the run, so that a canary goes step by step. Without it,
   * nothing is live, and a canary is live at once, as in production.
   */
  public Rehearsal liveAlready() {
    script.liveAlready();
    return this;
  }

  /**
   * Lets the analysis of a canary fail at a step.
   *
   * @param weight the step's
   * @param finding what is found wrong, as a sentence
   * @throws IllegalArgumentException where the pipeline has no such stage, or it is no canary with
   *     a step of this weight that is held
   */
  public Rehearsal canaryFails(String stage, int weight, String finding) {
    return canaryFinds(stage, weight, Verdict.FAILURE, finding);
  }

  /**
   * Lets too little be known at a canary's step, so that it pauses and asks. Where somebody {@link
   * #resumeCanaryAfter resumes} it, the step's next hold is clear.
   *
   * @param weight the step's
   * @param finding what is missing, as a sentence
   * @throws IllegalArgumentException as {@link #canaryFails}
   */
  public Rehearsal canaryIsUnclear(String stage, int weight, String finding) {
    return canaryFinds(stage, weight, Verdict.INCONCLUSIVE, finding);
  }

  private Rehearsal canaryFinds(String stage, int weight, Verdict verdict, String finding) {
    cast.requireHeldStep(stage, weight);
    script.finding(stage, weight, new Script.Finding(verdict, finding));
    return this;
  }

  /** Somebody pauses the canary, so long after it has begun. */
  public Rehearsal pauseCanaryAfter(Duration time) {
    return wish(RolloutControl.Kind.PAUSE, time);
  }

  /** Somebody lets the canary go on, so long after it has begun; its step is held anew. */
  public Rehearsal resumeCanaryAfter(Duration time) {
    return wish(RolloutControl.Kind.RESUME, time);
  }

  /** Somebody promotes the canary at once, so long after it has begun. */
  public Rehearsal promoteCanaryAfter(Duration time) {
    return wish(RolloutControl.Kind.PROMOTE, time);
  }

  /** Somebody takes all traffic back, so long after the canary has begun. */
  public Rehearsal abortCanaryAfter(Duration time) {
    return wish(RolloutControl.Kind.ABORT, time);
  }

  private Rehearsal wish(RolloutControl.Kind kind, Duration after) {
    script.wish(new Wish(kind, after, "operator", "Because the rehearsal says so."));
    return this;
  }

  /** Shuts the gate in front of the deployment, as a revoked approval does. */
  public Rehearsal refuseTraffic(String reason) {
    script.refuseTraffic(reason);
    return this;
  }

  /** Cancels the run so long after its start, if it still runs. */
  public Rehearsal cancelAfter(Duration time) {
    script.cancelAfter(time);
    return this;
  }

  /**
   * Runs it to its end.
   *
   * @throws IllegalArgumentException where a param without a default is missing
   * @throws IllegalStateException where it does not end within a minute of real time
   */
  public RehearsedRun run() {
    return perform(request(null));
  }

  /**
   * Goes on with a run of this rehearsal that is over, and runs that to its end: what succeeded is
   * taken, the rest runs, as {@code airlock resume} does. What the rehearsal has been told since,
   * such as another param, holds for the new run.
   *
   * @param from stages that run in any case, and with them all that follow
   * @throws IllegalArgumentException where the run was not rehearsed here, or there is no such
   *     stage
   */
  public RehearsedRun resume(RehearsedRun before, String... from) {
    SortedMap<String, String> itsParams = began.get(before);
    if (itsParams == null) {
      throw new IllegalArgumentException("Resume a run that this rehearsal has run.");
    }
    for (String stage : from) {
      cast.require(stage);
    }
    return perform(request(reused(before, itsParams, Set.of(from))));
  }

  /** What the new run takes of the one before. */
  private Map<String, StageOutput> reused(
      RehearsedRun before, SortedMap<String, String> itsParams, Set<String> from) {
    Map<String, PastStage> past = new HashMap<>();
    for (StageSpec stage : graph.stages()) {
      StageChange last = before.last(stage.name());
      past.put(stage.name(), new PastStage(last.state(), last.output(), Stagecraft.RUN, null));
    }
    ResumePlan plan =
        ResumePlanner.plan(
            new ResumePlanner.Before(Stagecraft.RUN, graph, itsParams, past),
            graph,
            1,
            cast.complete(params),
            from);
    Map<String, StageOutput> reused = new LinkedHashMap<>();
    for (ResumePlan.Planned planned : plan.stages()) {
      if (planned.isReused()) {
        reused.put(planned.stage(), before.output(planned.stage()));
      }
    }
    return reused;
  }

  private RehearsedRun perform(RunRequest request) {
    try (Stagecraft stagecraft = new Stagecraft(logicalDate, questions(), script, graph)) {
      RehearsedRun run = stagecraft.perform(request);
      runs.add(run);
      began.put(run, request.params());
      return run;
    }
  }

  /** What was run so far. */
  List<RehearsedRun> runs() {
    return List.copyOf(runs);
  }

  /** How often people will be called for, at most. */
  private int questions() {
    int approvals = script.votes().isEmpty() ? 0 : cast.count(Work.Approval.class);
    return approvals
        + script.eventsToCome().size()
        + (script.wishes().isEmpty() ? 0 : cast.count(Work.Deploy.class));
  }

  private RunRequest request(@Nullable Map<String, StageOutput> reused) {
    return new RunRequest(
        Stagecraft.RUN,
        1,
        graph,
        Json.digest(new byte[0]),
        logicalDate,
        cast.complete(params),
        REQUESTED_BY,
        REQUESTED_BY,
        reused);
  }
}
