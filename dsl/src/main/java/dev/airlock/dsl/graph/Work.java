package dev.airlock.dsl.graph;

import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a stage does. */
public sealed interface Work {

  /**
   * The word for it on pages and in REST: ingest, validate, transform, train, evaluate, register,
   * approval, deploy, monitor, task, map, process, http, sql, spark, first-of, sub-pipeline, sensor
   * or event.
   */
  String kind();

  /** The team's own method that it calls, where it calls one. */
  default Optional<Task> ownTask() {
    return Optional.empty();
  }

  /**
   * Reads a source into a branch of the dataset {@code <pipeline>.<stage>}. Gives a dataset that
   * nobody else sees yet.
   */
  record Ingest(SourceSpec source) implements Work {
    @Override
    public String kind() {
      return "ingest";
    }
  }

  /**
   * Checks every expectation on its one input; when all hold, publishes the dataset to main and
   * tags it.
   */
  record Validate(List<Expectation> expectations) implements Work {
    public Validate {
      expectations = List.copyOf(expectations);
    }

    @Override
    public String kind() {
      return "validate";
    }
  }

  /**
   * One SELECT of Spark SQL over its inputs, each a view named like its stage with underscores for
   * hyphens. {@code :as_of} is the run's logical date, as a DATE: its day in UTC. {@code
   * :name_of_param} is each of the stage's params, of its type, underscores for hyphens.
   */
  record Transform(String sql) implements Work {
    @Override
    public String kind() {
      return "transform";
    }
  }

  /** Trains one candidate on the oldest snapshots of its one input. */
  record Train(SplitSpec split, TrainerSpec trainer) implements Work {
    @Override
    public String kind() {
      return "train";
    }
  }

  /**
   * Chooses among its inputs, candidates, on the validation snapshot, and judges the chosen one on
   * the holdout.
   *
   * @param segments the columns by whose values the holdout is parted, to be judged part by part;
   *     null for none
   * @param cost what errors cost; null where nobody says
   * @param threshold the score from which on an answer counts as yes, between 0 and 1; null where
   *     nobody says
   */
  record Evaluate(
      SplitSpec split,
      Metric choose,
      List<Requirement> requirements,
      @Nullable List<String> segments,
      @Nullable CostSpec cost,
      @Nullable Double threshold)
      implements Work {
    public Evaluate {
      requirements = List.copyOf(requirements);
      segments = segments == null || segments.isEmpty() ? null : List.copyOf(segments);
    }

    /** An evaluation that knows neither segments, costs nor a threshold. */
    public Evaluate(SplitSpec split, Metric choose, List<Requirement> requirements) {
      this(split, choose, requirements, null, null, null);
    }

    @Override
    public String kind() {
      return "evaluate";
    }
  }

  /** Makes the judged candidate the next version of a model. */
  record Register(String model) implements Work {
    @Override
    public String kind() {
      return "register";
    }
  }

  /**
   * Asks people. Nobody who asked may vote; if nobody decides in time, it is rejected.
   *
   * @param by a team, a role or a person
   * @param alsoBy others who may vote as well: teams, roles, people; null for none
   * @param quorum how many different people must approve, at least 1
   * @param within how long it stays open
   * @param remindEvery how often those who may vote are reminded while it is open; null for never
   * @param escalation who may vote as well once it has been open for long; null for nobody
   * @param policyAllowed whether a signed policy may vote in its signer's name; null for no
   */
  record Approval(
      String by,
      @Nullable List<String> alsoBy,
      int quorum,
      Duration within,
      @Nullable Duration remindEvery,
      @Nullable Escalation escalation,
      @Nullable Boolean policyAllowed)
      implements Work {
    public Approval {
      alsoBy = alsoBy == null || alsoBy.isEmpty() ? null : List.copyOf(alsoBy);
      policyAllowed = Boolean.TRUE.equals(policyAllowed) ? true : null;
    }

    /** An approval that asks one, reminds nobody, and that people alone can give. */
    public Approval(String by, int quorum, Duration within) {
      this(by, null, quorum, within, null, null, null);
    }

    @Override
    public String kind() {
      return "approval";
    }

    /** All who are asked from the start, the first one first. */
    public List<String> askedOf() {
      return Stream.concat(Stream.of(by), alsoBy == null ? Stream.of() : alsoBy.stream()).toList();
    }

    /** Whether a signed policy may vote. */
    public boolean takesPolicies() {
      return Boolean.TRUE.equals(policyAllowed);
    }
  }

  /**
   * Who may vote as well once an approval has waited for long.
   *
   * @param after how long it has been open by then
   * @param to a team, a role or a person
   */
  record Escalation(Duration after, String to) {}

  /**
   * Sends traffic to the approved version.
   *
   * @param canary the steps of {@link Strategy#CANARY}, else null
   */
  record Deploy(Strategy strategy, @Nullable CanarySpec canary) implements Work {

    /** All of it at once. */
    public Deploy(Strategy strategy) {
      this(strategy, null);
    }

    @Override
    public String kind() {
      return "deploy";
    }
  }

  /**
   * A method of the team's own interface, called with the results of its inputs in order, then its
   * params.
   *
   * @param type the interface's binary name
   * @param method its method's name
   * @param descriptor the method's descriptor, as in class files
   * @param shortTask idempotent, at most 2 s, no Spark: runs as a local activity
   * @param secrets the names of those that come after its params; null for none
   */
  record Task(
      String type,
      String method,
      String descriptor,
      boolean shortTask,
      @Nullable List<String> secrets)
      implements Work {
    public Task {
      secrets = secrets == null || secrets.isEmpty() ? null : List.copyOf(secrets);
    }

    /** A task that takes no secrets. */
    public Task(String type, String method, String descriptor, boolean shortTask) {
      this(type, method, descriptor, shortTask, null);
    }

    @Override
    public String kind() {
      return "task";
    }

    @Override
    public Optional<Task> ownTask() {
      return Optional.of(this);
    }
  }

  /**
   * Calls a task once for each element of the list that its first input gives, and gives the list
   * of what the calls gave, in the elements' order; those that failed are missing. The element is
   * the task's first argument.
   *
   * @param nested whether the elements are lists themselves, whose elements are what the task is
   *     called for; the result then has the same shape
   * @param atOnce how many are under way at a time, from 1 to 500
   * @param quota how many may fail
   */
  record Map(Task task, boolean nested, int atOnce, QuotaSpec quota) implements Work {
    @Override
    public String kind() {
      return "map";
    }

    @Override
    public Optional<Task> ownTask() {
      return Optional.of(task);
    }
  }

  /**
   * Watches the live model from now on.
   *
   * @param every how often it is looked at, an ISO 8601 duration
   * @param window the length of a window of event time (UTC): months from the first of a month, or
   *     days from 1970-01-05, a Monday
   * @param minimum the fewest predictions, and the fewest matured labels, that a window's figures
   *     may rest on, at least 1; below it the data is insufficient
   * @param rules in the order in which they are looked at
   */
  record Monitor(Setting every, Period window, int minimum, List<RuleSpec> rules) implements Work {
    public Monitor {
      rules = List.copyOf(rules);
    }

    @Override
    public String kind() {
      return "monitor";
    }
  }

  /** Runs a program. */
  record Program(ProgramSpec program) implements Work {
    @Override
    public String kind() {
      return "process";
    }
  }

  /** Asks a server. */
  record Http(HttpSpec request) implements Work {
    @Override
    public String kind() {
      return "http";
    }
  }

  /** Gives a database one statement, in a transaction of its own. */
  record Statement(StatementSpec statement) implements Work {
    @Override
    public String kind() {
      return "sql";
    }
  }

  /** Runs a class of a jar on Spark, in a process of its own. */
  record SparkJar(SparkJarSpec job) implements Work {
    @Override
    public String kind() {
      return "spark";
    }
  }

  /** Hands on what the first of its inputs that has succeeded has given, in their order. */
  record FirstOf() implements Work {
    @Override
    public String kind() {
      return "first-of";
    }
  }

  /**
   * A run of another pipeline's current version, on the same logical date.
   *
   * @param params those that it is given; the others have their defaults there
   * @param waits whether it ends with that run, and as that run does; else once it is asked for
   */
  record SubPipeline(String pipeline, SortedMap<String, Setting> params, boolean waits)
      implements Work {
    public SubPipeline {
      params = new TreeMap<String, Setting>((java.util.Map<String, Setting>) params);
    }

    @Override
    public String kind() {
      return "sub-pipeline";
    }
  }

  /**
   * Looks at the world again and again until something has arrived. Between two looks nothing waits
   * but a timer.
   *
   * @param type the interface's binary name
   * @param method its method's name; it gives an {@link java.util.Optional}, or a boolean
   * @param descriptor the method's descriptor, as in class files
   * @param every the pause after the first look
   * @param factor by which each pause is longer than the one before, at least 1
   * @param longest no pause is longer
   * @param within how long it looks
   * @param orSkip whether it is skipped where nothing arrives in time; it fails otherwise
   * @param secrets those that the method is given, in its order; null for none
   */
  record Sensor(
      String type,
      String method,
      String descriptor,
      Duration every,
      double factor,
      Duration longest,
      Duration within,
      boolean orSkip,
      @Nullable List<String> secrets)
      implements Work {
    public Sensor {
      secrets = secrets == null || secrets.isEmpty() ? null : List.copyOf(secrets);
    }

    /** A sensor that takes no secrets. */
    public Sensor(
        String type,
        String method,
        String descriptor,
        Duration every,
        double factor,
        Duration longest,
        Duration within,
        boolean orSkip) {
      this(type, method, descriptor, every, factor, longest, within, orSkip, null);
    }

    @Override
    public String kind() {
      return "sensor";
    }
  }

  /**
   * Waits until somebody tells of an event, or a dataset has a new version.
   *
   * @param source what it waits for
   * @param name the event's name, or the dataset's
   * @param lookBack how much older than the run's logical date it may be; null for no older
   * @param within how long it waits
   * @param orSkip whether it is skipped where nothing comes in time; it fails otherwise
   */
  record AwaitEvent(
      EventSource source, String name, @Nullable Duration lookBack, Duration within, boolean orSkip)
      implements Work {
    @Override
    public String kind() {
      return "event";
    }
  }

  /** Where an event comes from. */
  enum EventSource {
    /** Somebody tells of it. */
    EVENT,
    /** A dataset has a new version. */
    DATASET
  }

  /** How traffic moves. */
  enum Strategy {
    /** All of it at once, back at once. */
    BLUE_GREEN,
    /** Step by step, as long as what can be seen is good; at once where nothing is live yet. */
    CANARY
  }
}
