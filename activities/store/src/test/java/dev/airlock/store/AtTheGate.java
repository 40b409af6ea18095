package dev.airlock.store;

import static dev.airlock.store.Actors.by;

import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.ApprovalActivities;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests at a gate in PostgreSQL: one database for a class, empty for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AtTheGate {

  TestDatabase database;
  Store store;
  ArtifactStore artifacts;
  ApprovalActivities activities;
  Scene scene;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    artifacts = new FileArtifactStore(folder);
    activities = store.approvalActivities(artifacts);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void clear() {
    database.emptied();
    scene = new Scene(store, artifacts);
  }

  Approval now(Approval approval) {
    return store.approvals().find(approval.id()).orElseThrow();
  }

  Decision voteOf(Approval approval, String person) {
    List<Decision> all = store.approvals().decisions(approval.id());
    return all.stream().filter(vote -> vote.person().equals(person)).reduce((a, b) -> b).get();
  }

  GateOutcome withdraw(Approval approval, String person, String by) {
    return store
        .approvals()
        .withdrawVote(approval.id(), voteOf(approval, person).id(), by(by), "I looked again");
  }

  /** Says yes as the newest evidence stands, and has it counted. */
  void approve(Approval approval, String person) {
    scene.vote(now(approval), person, Verdict.APPROVE);
  }

  /** What the audit says of a thing, oldest first: who, what, by which door. */
  List<String> audited(String entity, long id) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select actor || ' ' || action || ' ' || channel from audit_event
                        where entity = :entity and entity_id = :id order by sequence
                        """)
                    .bind("entity", entity)
                    .bind("id", String.valueOf(id))
                    .mapTo(String.class)
                    .list());
  }

  /** The time of the approval is up. */
  void runsOut(Approval approval) {
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    "update approval set expires_at = clock_timestamp() where id = ?",
                    approval.id()));
  }
}
