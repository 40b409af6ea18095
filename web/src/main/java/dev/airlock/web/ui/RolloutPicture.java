package dev.airlock.web.ui;

import dev.airlock.store.ModelCommand;
import dev.airlock.store.Rollout;
import dev.airlock.store.RolloutDetail;
import dev.airlock.store.Rollouts;
import dev.airlock.store.Rollouts.TrafficPoint;
import dev.airlock.web.drawing.TrafficChart;
import dev.airlock.web.ui.RolloutPage.FindingRow;
import dev.airlock.web.ui.RolloutPage.Wish;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the page of a rollout out of its rows. */
final class RolloutPicture {
  private static final int MOST_LOOKS = 100;

  private final RolloutDetail detail;
  private final Rollout rollout;
  private final @Nullable ModelCommand command;
  private final List<TrafficPoint> traffic;
  private final int step;
  private final Instant now;

  RolloutPicture(
      RolloutDetail detail,
      @Nullable ModelCommand command,
      List<TrafficPoint> traffic,
      int step,
      Instant now) {
    this.detail = detail;
    this.rollout = detail.rollout();
    this.command = command;
    this.traffic = traffic;
    this.step = step;
    this.now = now;
  }

  RolloutPage page(
      Chrome chrome,
      @Nullable String hindrance,
      @Nullable String onlyLess,
      String reason,
      @Nullable String problem) {
    Set<Integer> shown = new HashSet<>();
    List<RolloutPage.LookBox> looks = lastOfSteps(shown);
    List<RolloutDetail.Look> others = new ArrayList<>(detail.looks());
    others.removeIf(look -> shown.contains(look.number()));
    Collections.reverse(others);
    int listed = Math.min(MOST_LOOKS, others.size());
    return new RolloutPage(
        chrome,
        rollout.id(),
        rollout.model(),
        title(rollout),
        tone(rollout.state()),
        word(rollout.state()),
        rollout.requestedBy(),
        Words.ago(rollout.startedAt(), now),
        rollout.startedAt(),
        command == null ? null : command.runId(),
        command == null ? null : command.approvalId(),
        verdict(),
        held(),
        "v" + rollout.champion(),
        "v" + rollout.version(),
        rollout.weight(),
        steps(),
        chart(),
        versions(),
        looks,
        others.subList(0, listed).stream().map(this::row).toList(),
        others.size() - listed,
        detail.controls().stream().map(this::control).toList(),
        detail.shifts().stream().map(RolloutPicture::shift).toList(),
        rollout.state().isOver() || hindrance != null ? List.of() : wishes(onlyLess == null),
        hindrance,
        onlyLess,
        rollout.promoteWhile().stream().map(Figures::condition).toList(),
        reason,
        problem);
  }

  /** "v2 takes over from v1", and what became of it. */
  static String title(Rollout rollout) {
    return switch (rollout.state()) {
      case PROGRESSING, PAUSED ->
          "v%d takes over from v%d".formatted(rollout.version(), rollout.champion());
      case PROMOTED -> "v%d took over from v%d".formatted(rollout.version(), rollout.champion());
      case ROLLED_BACK, ABORTED, REFUSED ->
          "v%d did not take over from v%d".formatted(rollout.version(), rollout.champion());
    };
  }

  static String word(RolloutState state) {
    return switch (state) {
      case PROGRESSING -> "under way";
      case PAUSED -> "paused";
      case PROMOTED -> "promoted";
      case ROLLED_BACK -> "rolled back";
      case ABORTED -> "aborted";
      case REFUSED -> "refused";
    };
  }

  static String tone(RolloutState state) {
    return switch (state) {
      case PROGRESSING -> "running";
      case PAUSED -> "waiting";
      case PROMOTED -> "succeeded";
      case ROLLED_BACK, REFUSED -> "failed";
      case ABORTED -> "cancelled";
    };
  }

  private Verdict verdict() {
    int weight = rollout.weight();
    String share = weight + " % of customers meet v" + rollout.version();
    return switch (rollout.state()) {
      case PROGRESSING ->
          new Verdict(
              "wait",
              weight == 0 ? "No customer meets v" + rollout.version() + " yet." : share + ".",
              "Step %d of %d. %s".formatted(rollout.step() + 1, rollout.steps().size(), latest()));
      case PAUSED ->
          new Verdict(
              "wait", "It waits for a person, at " + weight + " %.", sentence(rollout.because()));
      case PROMOTED ->
          new Verdict(
              "good",
              "All customers meet v%d.".formatted(rollout.version()),
              sentence(rollout.because()));
      case ROLLED_BACK, ABORTED, REFUSED ->
          new Verdict(
              "bad",
              "No customer meets v%d any more.".formatted(rollout.version()),
              sentence(rollout.because()));
    };
  }

  private static String sentence(String text) {
    if (text.isBlank() || text.endsWith(".") || text.endsWith("?")) {
      return text;
    }
    return text + ".";
  }

  private @Nullable Timed held() {
    Instant until = rollout.heldUntil();
    return until == null || rollout.state() != RolloutState.PROGRESSING
        ? null
        : Timed.clock("This step is held until ", until, ".");
  }

  private String latest() {
    if (detail.looks().isEmpty()) {
      return "The analysis has not looked yet.";
    }
    RolloutDetail.Look last = detail.looks().get(detail.looks().size() - 1);
    return switch (last.verdict()) {
      case SUCCESS -> "So far every condition holds.";
      case FAILURE -> "A condition fails: all traffic goes back.";
      case INCONCLUSIVE -> "Too little is known yet to say whether it may go on.";
    };
  }

  private List<RolloutPage.StepRow> steps() {
    List<RolloutPage.StepRow> rows = new ArrayList<>();
    for (int i = 0; i < rollout.steps().size(); i++) {
      RolloutPlan.Step step = rollout.steps().get(i);
      Duration hold = step.hold();
      int number = i;
      Instant when =
          detail.shifts().stream()
              .filter(shift -> shift.step() == number && shift.weight() == step.weight())
              .findFirst()
              .map(RolloutDetail.Shift::at)
              .orElse(null);
      String state = stepState(i);
      rows.add(
          new RolloutPage.StepRow(
              i + 1,
              step.weight() + " %",
              hold == null ? "stays" : Words.span(hold),
              state,
              stepTone(state),
              when));
    }
    return rows;
  }

  private String stepState(int step) {
    if (rollout.state() == RolloutState.PROMOTED) {
      return step <= rollout.step() || step == rollout.steps().size() - 1 ? "done" : "left out";
    }
    if (step != rollout.step()) {
      if (step < rollout.step()) {
        return "done";
      }
      return rollout.state().isOver() ? "left out" : "to come";
    }
    return rollout.state().isOver() ? "ended here" : "now";
  }

  private String stepTone(String state) {
    return switch (state) {
      case "done" -> "succeeded";
      case "now" -> tone(rollout.state());
      case "ended here" -> "failed";
      default -> "";
    };
  }

  private TrafficChart chart() {
    Instant end = rollout.endedAt() == null ? now : rollout.endedAt();
    return TrafficChart.of(
        traffic.stream()
            .map(
                point ->
                    new TrafficChart.Point(
                        point.at(), point.version() == rollout.version(), point.predictions()))
            .toList(),
        detail.shifts().stream()
            .map(shift -> new TrafficChart.Shift(shift.at(), shift.weight()))
            .toList(),
        Rollouts.firstSlice(rollout.startedAt(), step),
        end,
        step);
  }

  private List<RolloutPage.TrafficRow> versions() {
    long all = traffic.stream().mapToLong(TrafficPoint::predictions).sum();
    List<RolloutPage.TrafficRow> rows = new ArrayList<>();
    for (int version : List.of(rollout.champion(), rollout.version())) {
      List<TrafficPoint> own =
          traffic.stream().filter(point -> point.version() == version).toList();
      long predictions = own.stream().mapToLong(TrafficPoint::predictions).sum();
      rows.add(
          new RolloutPage.TrafficRow(
              "v" + version,
              Words.count(own.stream().mapToLong(TrafficPoint::requests).sum()),
              Words.count(predictions),
              all == 0 ? "–" : Words.percent((double) predictions / all),
              Words.count(own.stream().mapToLong(TrafficPoint::errors).sum())));
    }
    return rows;
  }

  /** The last look at each step, the newest step first. */
  private List<RolloutPage.LookBox> lastOfSteps(Set<Integer> shown) {
    List<RolloutPage.LookBox> boxes = new ArrayList<>();
    Set<Integer> steps = new HashSet<>();
    for (int i = detail.looks().size() - 1; i >= 0; i--) {
      RolloutDetail.Look look = detail.looks().get(i);
      if (steps.add(look.step())) {
        shown.add(look.number());
        boxes.add(
            new RolloutPage.LookBox(
                look.number(),
                look.step() + 1,
                word(look.verdict()),
                tone(look.verdict()),
                look.at(),
                look.findings().stream()
                    .sorted((a, b) -> rank(b.verdict()) - rank(a.verdict()))
                    .map(RolloutPicture::finding)
                    .toList()));
      }
    }
    return boxes;
  }

  private static int rank(RolloutAnalysis.Verdict verdict) {
    return switch (verdict) {
      case FAILURE -> 2;
      case INCONCLUSIVE -> 1;
      case SUCCESS -> 0;
    };
  }

  private static String word(RolloutAnalysis.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private static String tone(RolloutAnalysis.Verdict verdict) {
    return switch (verdict) {
      case SUCCESS -> "succeeded";
      case FAILURE -> "failed";
      case INCONCLUSIVE -> "waiting";
    };
  }

  private static FindingRow finding(RolloutAnalysis.Finding finding) {
    return new FindingRow(
        Figures.condition(finding.condition()),
        Figures.say(finding.condition().figure(), finding.figure()),
        Words.count(finding.rows()),
        word(finding.verdict()),
        tone(finding.verdict()),
        finding.detail());
  }

  private RolloutPage.LookRow row(RolloutDetail.Look look) {
    String figures =
        String.join(
            " · ",
            look.findings().stream()
                .map(
                    finding ->
                        "%s %s"
                            .formatted(
                                Words.metric(finding.condition().figure()),
                                Figures.say(finding.condition().figure(), finding.figure())))
                .toList());
    return new RolloutPage.LookRow(
        look.number(),
        look.step() + 1,
        word(look.verdict()),
        tone(look.verdict()),
        look.at(),
        figures);
  }

  private RolloutPage.ControlRow control(RolloutDetail.Control control) {
    Boolean taken = control.taken();
    String fate =
        taken == null ? "under way" : (taken ? "done" : "refused") + answer(control.answer());
    return new RolloutPage.ControlRow(
        control.requestedBy(),
        control.kind().name().toLowerCase(Locale.ROOT),
        control.requestedAt(),
        Words.ago(control.requestedAt(), now),
        control.reason(),
        fate,
        taken == null ? "running" : taken ? "succeeded" : "failed");
  }

  private static String answer(String answer) {
    return answer.isBlank() ? "" : ": " + answer;
  }

  private static RolloutPage.ShiftRow shift(RolloutDetail.Shift shift) {
    return new RolloutPage.ShiftRow(
        shift.at(), shift.weight() + " %", shift.epoch(), shift.reason());
  }

  private List<Wish> wishes(boolean mayRaise) {
    List<Wish> wishes = new ArrayList<>();
    boolean isPaused = rollout.state() == RolloutState.PAUSED;
    if (isPaused && mayRaise) {
      wishes.add(
          wish(
              RolloutControl.Kind.RESUME,
              "Resume",
              "primary",
              "Step %d is held and judged anew, at %d %%."
                  .formatted(rollout.step() + 1, rollout.weight())));
    } else if (!isPaused) {
      wishes.add(
          wish(
              RolloutControl.Kind.PAUSE,
              "Pause",
              "",
              "%d %% of customers stay with v%d until somebody resumes. It is still measured, and a failure still takes traffic back."
                  .formatted(rollout.weight(), rollout.version())));
    }
    if (mayRaise) {
      wishes.add(
          wish(
              RolloutControl.Kind.PROMOTE,
              "Promote now",
              "",
              "All customers go to v%d, within a second, whatever the analysis says. The gate is asked once more."
                  .formatted(rollout.version())));
    }
    wishes.add(
        wish(
            RolloutControl.Kind.ABORT,
            "Abort",
            "danger",
            "All customers go back to v%d, within a second.".formatted(rollout.champion())));
    return wishes;
  }

  private static Wish wish(RolloutControl.Kind kind, String text, String look, String consequence) {
    return new Wish(kind.name().toLowerCase(Locale.ROOT), text, look, consequence);
  }
}
