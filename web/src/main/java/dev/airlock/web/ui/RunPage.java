package dev.airlock.web.ui;

import dev.airlock.web.drawing.GraphDrawing;
import dev.airlock.web.drawing.TimeChart;
import dev.airlock.web.ui.RunPages.RunsPage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run, as it stands.
 *
 * @param says where it stands, in words: "waiting for approval"
 * @param trigger the rule that started it, or null
 * @param failure why it failed, or null
 * @param question the open approval that it waits for, or null
 * @param family the run that it resumes, and those that resume it
 * @param calls the run that asked for it, and those that it asked for
 * @param crowd where there are too many stages to show them all; null otherwise
 * @param items where the chosen stage is a map
 */
public record RunPage(
    Chrome chrome,
    long id,
    String pipeline,
    String state,
    String says,
    StartWords start,
    @Nullable Trigger trigger,
    Instant startedAt,
    String startedAgo,
    String logicalDate,
    String took,
    boolean mayCancel,
    @Nullable String cancelRequestedBy,
    @Nullable Failure failure,
    @Nullable Question question,
    GraphDrawing graph,
    TimeChart time,
    List<StageRow> stages,
    StageBox chosen,
    List<Fact> params,
    RunWords words,
    RunFamily family,
    RunCalls calls,
    @Nullable Crowd crowd,
    @Nullable Items items) {

  /** The same, for another viewer. */
  RunPage within(Chrome other) {
    return new RunPage(
        other,
        id,
        pipeline,
        state,
        says,
        start,
        trigger,
        startedAt,
        startedAgo,
        logicalDate,
        took,
        mayCancel,
        cancelRequestedBy,
        failure,
        question,
        graph,
        time,
        stages,
        chosen,
        params,
        words,
        family,
        calls,
        crowd,
        items);
  }

  /**
   * The rule that started the run.
   *
   * @param link to the monitor
   * @param figures those that the rule was held against
   */
  public record Trigger(String title, String rule, String link, Timed asOf, String figures) {}

  /**
   * Which stage failed, why, where, since when, and what to do.
   *
   * @param stage empty where the run failed as a whole
   * @param where the attempt and its worker; empty where there was none
   * @param since when its streak began, or null
   * @param todo by the kind of the error
   */
  public record Failure(
      String stage,
      String link,
      String message,
      List<String> details,
      int more,
      String where,
      @Nullable Instant at,
      @Nullable Since since,
      String todo) {}

  /**
   * Since when a stage fails.
   *
   * @param runs how many runs in a row it failed in
   * @param goodRun the last run in which it succeeded; null where there is none
   */
  public record Since(
      int runs, long firstRun, Instant firstAt, @Nullable Long goodRun, @Nullable Instant goodAt) {}

  /** What a person is asked. */
  public record Question(String text, String link, Timed until) {}

  /**
   * A stage in the table.
   *
   * @param since ISO 8601, where it is under way; null otherwise
   */
  public record StageRow(
      String name,
      String kind,
      String state,
      int attempt,
      @Nullable Instant started,
      String took,
      @Nullable String since,
      String result,
      @Nullable String resultLink,
      String link,
      boolean chosen) {}

  /**
   * More stages than a page can show.
   *
   * @param filters each state, with how many are in it
   * @param more the link to the stages after these, or null
   */
  public record Crowd(int stages, List<RunsPage.Filter> filters, @Nullable String more) {}

  /**
   * The items of the chosen stage.
   *
   * @param filters each state, with how many are in it
   */
  public record Items(List<RunsPage.Filter> filters) {}

  /**
   * The stage that was chosen, in full.
   *
   * @param details of its error, where they don't stand under why the run failed
   * @param eventLogLink Spark's event log of its newest attempt, or null where it left none
   * @param rows the first rows of the dataset that it gave, or null where it gave none
   */
  public record StageBox(
      String name,
      String state,
      List<Fact> facts,
      List<Fact> settings,
      List<Attempt> attempts,
      @Nullable String error,
      List<String> details,
      @Nullable LogPanel log,
      @Nullable TaskValue value,
      @Nullable String eventLogLink,
      @Nullable RowTable rows) {}

  /**
   * A name and a value.
   *
   * @param timed the value, where a moment is in it; null otherwise
   */
  public record Fact(String name, String value, @Nullable String link, @Nullable Timed timed) {
    public Fact(String name, String value, @Nullable String link) {
      this(name, value, link, null);
    }

    static Fact of(String name, Object value) {
      return new Fact(name, value.toString(), null);
    }

    static Fact of(String name, Timed value) {
      return new Fact(name, value.text(), null, value);
    }
  }

  /** One attempt at the chosen stage. */
  public record Attempt(int number, String worker, String took, @Nullable String error) {}
}
