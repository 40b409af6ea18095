package dev.airlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the demo does, over REST alone, as its people would; each chapter is a method. */
final class DemoStory {

  static final String PIPELINE = "repeat-purchase";

  private static final String IN_CENTS = "repeat-purchase-in-cents";
  private static final int HORIZON_DAYS = 90;

  private static final String FIRST_AS_OF = "1997-12-31";
  private static final String TRAFFIC_AS_OF = "1998-03-31";
  private static final LocalDate DRIFT_AS_OF = LocalDate.of(1998, 4, 1);
  private static final LocalDate RETRAIN_AS_OF = LocalDate.of(1998, 6, 30);
  private static final LocalDate LAST_AS_OF = LocalDate.of(1998, 7, 1);
  private static final List<LocalDate> MONTHS =
      List.of(LocalDate.of(1998, 1, 1), LocalDate.of(1998, 2, 1), LocalDate.of(1998, 3, 1));
  private static final int EAGER = 100;

  // Long enough for ten looks at each step, and for a person who starts the traffic a little late.
  private static final Duration HOLD = Duration.ofSeconds(8);
  private static final Duration HOLD_FOR_PEOPLE = Duration.ofSeconds(25);
  // Traffic flows before the first shift and between the steps, too.
  private static final Duration SLACK = Duration.ofSeconds(14);
  private static final Duration SHORT_SLACK = Duration.ofSeconds(8);

  private final DemoSystem system;
  private final DemoGate gate;
  private final DemoTraffic traffic;
  private final DemoCanary canary;
  private final Duration hold;
  private final List<RolloutReport> rollouts = new ArrayList<>();

  DemoStory(DemoSystem system, boolean aPersonDecides) {
    this.system = system;
    this.gate = new DemoGate(system, aPersonDecides);
    this.traffic = new DemoTraffic(system);
    this.canary = new DemoCanary(system, gate, traffic, RETRAIN_AS_OF.toString());
    this.hold = aPersonDecides ? HOLD_FOR_PEOPLE : HOLD;
  }

  /**
   * Goes the whole way.
   *
   * @param chapters counts since the command began
   */
  DemoSummary tell(Chapters chapters, boolean isInMemory) {
    requireNothingToldYet();
    List.of(PIPELINE, DemoTraffic.PIPELINE, IN_CENTS).forEach(system::awaitPublished);
    chapters.ended("the system starts");
    JsonNode first = firstVersion();
    chapters.ended("the first version passes the gate");
    JsonNode sent = firstCustomers();
    chapters.ended("customers of January to March 1998");
    DemoWatch watch = DemoWatch.of(system, PIPELINE);
    DriftReport drift = drift(watch, sent.path("predictions").asLong());
    chapters.ended("drift is found, and a ticket opened");
    OutcomeReport outcomes = outcomes(watch);
    chapters.ended("outcomes come back and mature");
    RetrainReport retrain = retrain(watch);
    chapters.ended("a rule retrains; gate and canary");
    broken();
    chapters.ended("a broken candidate; gate and canary");
    List<JsonNode> runs = runs();
    recovery(watch);
    chapters.ended("the last customers, and a last look");
    return new DemoSummary(
        system.url(),
        first,
        runs,
        versions(),
        sent,
        drift,
        outcomes,
        retrain,
        rollouts,
        watch.alerts(),
        chapters,
        isInMemory);
  }

  /** What is live already would be the champion of the first version, and end the story there. */
  private void requireNothingToldYet() {
    for (JsonNode model : system.engineer().get("/models").path("items")) {
      if (ListCommand.text(model, "name").equals(PIPELINE)) {
        throw CommandException.failed(
            "There is a model %s in %s already; the demo begins with none. Name an empty folder by AIRLOCK_HOME or --home, or none: then it takes one of its own."
                .formatted(PIPELINE, system.home().root()));
      }
    }
  }

  private Map<String, String> holds() {
    return Map.of("first-hold", hold.toString(), "second-hold", hold.toString());
  }

  private JsonNode firstVersion() {
    long id = system.start(PIPELINE, holds(), FIRST_AS_OF);
    system.say(
        "Run %d of %s, as of %s  %s"
            .formatted(id, PIPELINE, FIRST_AS_OF, system.page("/runs/" + id)));
    RunView view = system.view();
    JsonNode waiting = view.followUntil(id, Set.of("waiting"));
    if (!DemoSystem.isIn(waiting, "waiting")) {
      RunView.requireSuccess(waiting);
    }
    gate.decide(gate.question(id), DemoGate::first);
    JsonNode run = view.follow(id);
    RunView.requireSuccess(run);
    return run;
  }

  private JsonNode firstCustomers() {
    long id = traffic.start("first", TRAFFIC_AS_OF, Duration.ZERO);
    system.say(
        "Run %d of %s: every customer as of January to March 1998 through the gateway  %s"
            .formatted(id, DemoTraffic.PIPELINE, system.page("/runs/" + id)));
    return DemoTraffic.sent(system.view().follow(id));
  }

  private DriftReport drift(DemoWatch watch, long predictions) {
    watch.awaitStored(predictions);
    system.say("The monitor looks as of %s  %s".formatted(DRIFT_AS_OF, watch.page()));
    watch.look(DRIFT_AS_OF);
    List<JsonNode> alerts = watch.alerts();
    alerts.forEach(
        alert ->
            system.say(
                "Alert %d, %s: %s  %s"
                    .formatted(
                        alert.path("id").asLong(),
                        ListCommand.word(alert, "consequence"),
                        alert.path("title").asText(),
                        system.page("/alerts/" + alert.path("id").asLong()))));
    if (alerts.isEmpty()) {
      throw CommandException.failed(
          "The monitor has found drift worth no ticket, though this cohort ages. See %s."
              .formatted(watch.page()));
    }
    alerts.forEach(this::acknowledge);
    return watch.drift(MONTHS);
  }

  /** Somebody has looked: this cohort ages, and nothing is to be done. */
  private void acknowledge(JsonNode alert) {
    long id = alert.path("id").asLong();
    system.approver().post("/alerts/" + id + "/acknowledge", Map.of());
    system.say("The approver has it in hand: this cohort ages, which is no reason to retrain.");
  }

  private OutcomeReport outcomes(DemoWatch watch) {
    DemoShop shop = DemoShop.ofExamples(system.home().pipelines());
    FeedbackTally eager = new FeedbackTally();
    eager.send(system.engineer(), of(shop, monthEnd(MONTHS.get(2)), DRIFT_AS_OF).subList(0, EAGER));
    String refusal = eager.faults().isEmpty() ? "" : eager.faults().get(0);
    system.say(
        "The shop sends %,d outcomes on %s already: %s"
            .formatted(EAGER, DRIFT_AS_OF, eager.words()));
    FeedbackTally tally = new FeedbackTally();
    for (LocalDate month : MONTHS) {
      LocalDate asOf = monthEnd(month);
      tally.send(system.engineer(), of(shop, asOf, asOf.plusDays(HORIZON_DAYS)));
    }
    system.say(
        "And all of them %d days after each prediction: %s".formatted(HORIZON_DAYS, tally.words()));
    system.say("The monitor looks as of %s  %s".formatted(RETRAIN_AS_OF, watch.page()));
    MonitorLook look = watch.look(RETRAIN_AS_OF);
    List<JsonNode> performance =
        look.measured().stream()
            .filter(window -> window.path("aspect").asText().equals("performance"))
            .sorted(Comparator.comparing(window -> window.path("opens").asText()))
            .toList();
    return new OutcomeReport(tally, eager.count("tooEarly"), refusal, performance);
  }

  private static LocalDate monthEnd(LocalDate first) {
    return first.plusMonths(1).minusDays(1);
  }

  private static List<FeedbackFile.Row> of(DemoShop shop, LocalDate asOf, LocalDate knownOn) {
    Instant known = DemoShop.moment(knownOn);
    return shop.outcomes(PIPELINE, "first", asOf, HORIZON_DAYS, known);
  }

  private RetrainReport retrain(DemoWatch watch) {
    long id = watch.retrain().path("id").asLong();
    system.say(
        "Run %d of %s, as of %s, which a rule has started  %s"
            .formatted(id, PIPELINE, RETRAIN_AS_OF, system.page("/runs/" + id)));
    Duration over = hold.multipliedBy(2).plus(SLACK);
    DemoCanary.Outcome outcome = canary.follow(id, DemoGate::guards, "second", over);
    note(outcome);
    JsonNode run = system.engineer().get("/runs/" + id);
    return new RetrainReport(run, registered(run).map(this::evidence).orElse(null));
  }

  /** Sends a candidate that takes dollars for cents the same way. */
  private void broken() {
    letRegister();
    long id = system.start(IN_CENTS, holds(), RETRAIN_AS_OF.toString());
    system.say(
        "Run %d of %s: a candidate that is broken on purpose  %s"
            .formatted(id, IN_CENTS, system.page("/runs/" + id)));
    note(canary.follow(id, DemoGate::broken, "third", hold.plus(SHORT_SLACK)));
  }

  /** The model is the first pipeline's; nobody known owns that one, so an admin says it. */
  private void letRegister() {
    Api.as(system.home(), "admin")
        .post(
            "/models/" + PIPELINE + "/pipelines",
            Map.of("pipeline", IN_CENTS, "reason", "To show what the canary does about it."));
    system.say(
        "The admin lets %s register versions of %s: a model belongs to its pipelines  %s"
            .formatted(IN_CENTS, PIPELINE, system.page("/models/" + PIPELINE)));
  }

  /** What the version that is live now has put right. */
  private void recovery(DemoWatch watch) {
    system.say("The monitor looks as of %s  %s".formatted(LAST_AS_OF, watch.page()));
    watch.look(LAST_AS_OF);
    for (JsonNode alert : watch.alerts()) {
      if (DemoSystem.isIn(alert, "closed")) {
        system.say(
            "Alert %d is closed: %s"
                .formatted(alert.path("id").asLong(), alert.path("closedBecause").asText()));
      }
    }
  }

  private void note(DemoCanary.Outcome outcome) {
    outcome.rollout().map(RolloutReport::new).ifPresent(rollouts::add);
    system.say(
        outcome.rollout().isPresent()
            ? RolloutWords.of(outcome.rollout().get().path("rollout"))
            : "Run %d has come to no rollout.".formatted(outcome.run().path("id").asLong()));
  }

  private static Optional<Integer> registered(JsonNode run) {
    for (JsonNode stage : run.path("stages")) {
      if (stage.path("output").path("is").asText().equals("model-version")) {
        return Optional.of(stage.path("output").path("version").asInt());
      }
    }
    return Optional.empty();
  }

  private JsonNode evidence(int version) {
    return system.engineer().get("/models/" + PIPELINE + "/versions/" + version).path("evidence");
  }

  /** Every run there is, oldest first, once all have ended. */
  private List<JsonNode> runs() {
    List<JsonNode> runs = new ArrayList<>();
    for (JsonNode run : system.engineer().get("/runs?limit=50").path("items")) {
      long id = run.path("id").asLong();
      if (run.path("pipeline").asText().equals(DemoTraffic.PIPELINE)) {
        traffic.result(id);
      }
      runs.add(0, system.engineer().get("/runs/" + id));
    }
    return runs;
  }

  private List<JsonNode> versions() {
    List<JsonNode> versions = new ArrayList<>();
    for (JsonNode version : system.engineer().get("/models/" + PIPELINE).path("versions")) {
      versions.add(
          system
              .engineer()
              .get("/models/" + PIPELINE + "/versions/" + version.path("version").asInt()));
    }
    versions.sort(Comparator.comparingInt(version -> version.path("version").asInt()));
    return versions;
  }
}
