package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.dsl.graph.Work;
import dev.airlock.store.Decision.Verdict;
import dev.airlock.workflows.CommandOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;

/** What is decided leaves one row of the audit an act, whoever writes it. */
final class GateAuditTest extends AtTheGate {

  private void write(String sql, Object... values) {
    database.application().useHandle(handle -> handle.execute(sql, values));
  }

  private long policy() {
    Work.Approval asks =
        new Work.Approval("ml-leads", null, 1, Duration.ofDays(1), null, null, true);
    scene.asking(asks);
    NewPolicy wish =
        new NewPolicy(
            Scene.PIPELINE,
            null,
            "approval",
            List.of(Metric.AUC.atLeast(0.7)),
            100,
            Instant.now().plus(Duration.ofDays(30)),
            "Retrains need not wait");
    return assertInstanceOf(GateOutcome.Recorded.class, store.policies().sign(wish, by("bob")))
        .id();
  }

  @Test
  void shouldShowAVoteThatTheApplicationsPasswordWrote() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("past every door");
    for (String person : List.of("bob", "approver")) {
      write(
          """
          insert into decision (approval_id, person, verdict, reason, digest)
          values (?, ?, 'approve', 'Trust me', ?)
          """,
          approval.id(),
          person,
          approval.digest());
    }
    write(
        "update decision set outcome = 'counted', settled_at = now() where approval_id = ?",
        approval.id());
    write("update approval set state = 'approved', closed_at = now() where id = ?", approval.id());

    // The law can't tell them from what the web writes; the audit does.
    assertInstanceOf(
        CommandOutcome.Live.class, store.routing(HaltPoint.NONE).shift(scene.deploy(approval)));
    assertEquals(
        List.of(
            "engineer open-approval workflow",
            "bob decide database",
            "approver decide database",
            "airlock_app close-approval database"),
        audited("approval", approval.id()));
    assertEquals(List.of(), store.audit().verify(List.of()).faults());
  }

  @Test
  void shouldShowWhatTheApplicationsPasswordTookBack() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("taken back");
    approve(approval, "bob");
    write(
        """
        update approval set revoked_at = now(), revoked_by = 'carol', revoked_because = 'No'
        where id = ?
        """,
        approval.id());
    Approval open = scene.opened("withdrawn");
    scene.decide(open, "bob", Verdict.REJECT);
    write(
        """
        update decision set withdrawn_at = now(), withdrawn_by = 'bob', withdrawn_because = 'Hm',
                            outcome = 'refused', settled_at = now()
        where approval_id = ?
        """,
        open.id());

    assertEquals("carol revoke-approval database", last(approval));
    assertEquals("bob withdraw-vote database", last(open));
    write("update approval set state = 'withdrawn', closed_at = now() where id = ?", open.id());
    assertEquals("airlock_app close-approval database", last(open));
  }

  private String last(Approval approval) {
    List<String> all = audited("approval", approval.id());
    return all.get(all.size() - 1);
  }

  @Test
  void shouldShowPoliciesThatTheApplicationsPasswordWrote() {
    long signed = policy();
    write(
        """
        insert into approval_policy (pipeline, version, stage, graph_digest, code_digest, params,
                                     bounds, minimum_rows, signed_by, reason, expires_at)
        select pipeline, version, stage, graph_digest, code_digest, params, bounds, 1, 'approver',
               'Trust me', expires_at
        from approval_policy where id = ?
        """,
        signed);
    write(
        """
        update approval_policy
        set revoked_at = now(), revoked_by = 'bob', revoked_because = 'No' where id = ?
        """,
        signed);

    assertEquals(
        List.of("bob sign-policy web", "bob revoke-policy database"), audited("policy", signed));
    assertEquals(List.of("approver sign-policy database"), audited("policy", signed + 1));
  }

  @Test
  void shouldRecordOneRowAnActWithTheDoorThatItCameBy() {
    long policy = policy();
    Approval approval = scene.opened("by every door");
    Decision vote = voteOf(approval, "bob");
    assertEquals(policy, vote.policyId());
    assertInstanceOf(
        GateOutcome.Recorded.class, store.policies().revoke(policy, by("approver"), "A leak"));
    assertInstanceOf(GateOutcome.Forbidden.class, scene.decide(approval, "carol", Verdict.APPROVE));
    scene.decide(approval, "approver", Verdict.REJECT);
    assertInstanceOf(GateOutcome.Recorded.class, withdraw(approval, "approver", "approver"));
    assertInstanceOf(GateOutcome.Conflict.class, withdraw(approval, "approver", "approver"));
    GateOutcome late = scene.decide(approval, "approver", Verdict.APPROVE);
    approve(approval, "bob");
    activities.count(approval.id(), ((GateOutcome.Recorded) late).id());
    activities.expire(approval.id());
    assertInstanceOf(
        GateOutcome.Recorded.class,
        store.approvals().revoke(approval.id(), by("admin"), "Found a fault"));
    assertInstanceOf(
        GateOutcome.Conflict.class,
        store.approvals().revoke(approval.id(), by("admin"), "Once more"));

    assertEquals(
        List.of(
            "engineer open-approval workflow",
            "bob decide policy",
            "approver withdraw-vote web",
            "carol refuse-decision web",
            "approver decide web",
            "approver withdraw-vote web",
            "approver refuse-withdrawal web",
            "approver decide web",
            "bob decide web",
            "bob close-approval workflow",
            "approver refuse-decision workflow",
            "admin revoke-approval web",
            "admin refuse-revocation web"),
        audited("approval", approval.id()));
    assertEquals(
        List.of("bob sign-policy web", "approver revoke-policy web"), audited("policy", policy));
  }

  @Test
  void shouldKeepWhatWasVotedAndWhyAndFromWhere() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("in full");
    GateOutcome outcome = scene.decide(approval, "bob", Verdict.APPROVE);

    AuditRow row = store.audit().list("approval", null, "bob", null, 1, null).items().get(0);
    assertEquals(
        "{\"decision\" : %d, \"digest\" : \"%s\", \"reason\" : \"Seen by bob\", \"verdict\" : \"approve\"}"
            .formatted(((GateOutcome.Recorded) outcome).id(), approval.digest()),
        row.after());
    assertEquals("127.0.0.1", row.address());
    assertEquals("request of bob", row.requestId());
  }

  @Test
  void shouldChangeNothingOfWhatWasClosed() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("stays");
    approve(approval, "bob");
    assertInstanceOf(
        GateOutcome.Recorded.class, store.approvals().revoke(approval.id(), by("bob"), "A fault"));

    for (String change :
        List.of("because = 'Otherwise'", "closed_at = now()", "revoked_because = 'Otherwise'")) {
      Exception refused =
          assertThrows(
              UnableToExecuteStatementException.class,
              () -> write("update approval set " + change + " where id = ?", approval.id()),
              change);
      assertTrue(String.valueOf(refused.getMessage()).contains("before"), refused::toString);
    }
  }
}
