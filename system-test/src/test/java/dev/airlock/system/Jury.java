package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;

/** A model of which each version takes the votes of two people. */
final class Jury {

  static final String MODEL = "jury";
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String FIRST_ROWS = "first.csv";
  private static final String SECOND_ROWS = "second.csv";
  private static final PipelineJar JAR =
      new PipelineJar(MODEL, "Jury", Map.of(FIRST_ROWS, Drill.rows(1), SECOND_ROWS, Drill.rows(2)));

  private final RunningSystem system;

  private Jury(RunningSystem system) {
    this.system = system;
  }

  /** Published. */
  static Jury of(RunningSystem system) {
    JAR.havePublished(system);
    return new Jury(system);
  }

  /**
   * A question that has just been asked of two people.
   *
   * @param digest of the evidence as it was then
   */
  record Question(long run, long approval, int version, String digest) {

    /** Its page. */
    String page() {
      return "/approvals/" + approval;
    }
  }

  /** Runs it until it asks. */
  Question ask() {
    return ask(FIRST_ROWS);
  }

  private Question ask(String rows) {
    return asked(system.as("engineer").start(MODEL, Map.of("rows", rows)));
  }

  /** The question of a run, as soon as it asks. */
  Question asked(long run) {
    JsonNode approval = system.as("engineer").awaitApproval(run, PATIENCE);
    return new Question(
        run,
        approval.get("id").asLong(),
        approval.get("version").asInt(),
        approval.get("digest").asText());
  }

  /** Lets another model go live than the one that is, by the votes of two people. */
  int letIn() {
    Question question = ask(isLiveOf(FIRST_ROWS) ? SECOND_ROWS : FIRST_ROWS);
    vote(question, "approver");
    vote(question, "admin");
    system.as("engineer").awaitRun(question.run(), PATIENCE, "succeeded");
    return question.version();
  }

  private void vote(Question question, String person) {
    system
        .as(person)
        .post(
            "/api/v1" + question.page() + "/decisions",
            Map.of("decision", "approve", "reason", "For the drills", "digest", question.digest()))
        .ok();
  }

  /** The same rows give the same model, which is no other champion. */
  private boolean isLiveOf(String rows) {
    return system.count(
            """
            select count(*) from routing join model_version using (model, version)
              join run on run.id = model_version.run_id
            where routing.model = ? and run.params ->> 'rows' = ?
            """,
            MODEL,
            rows)
        == 1;
  }

  /** The version that all customers meet; 0 where none is live. */
  int live() {
    return (int)
        system.count("select coalesce((select version from routing where model = ?), 0)", MODEL);
  }
}
