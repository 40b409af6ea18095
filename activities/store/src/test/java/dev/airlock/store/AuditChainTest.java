package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.workflows.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever owns the database can write what they like; but not without a trace. */
final class AuditChainTest {

  private final TestDatabase database = TestDatabase.fresh();
  private final Audit audit = database.store().audit();

  @BeforeEach
  void record() {
    for (int i = 1; i <= 9; i++) {
      audit.record(
          by("ada")
              .did(AuditAction.RESIZE_POOL, "pool", "größe \u2192 " + i)
              .before(Map.of("slots", i - 1))
              .after(Map.of("slots", i)));
    }
    audit.record(Acting.workflow("run-1").did(AuditAction.CLOSE_APPROVAL, "approval", 1));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private AuditVerdict verdict(AuditHead... signed) {
    return audit.verify(List.of(signed));
  }

  private AuditHead headAt(long sequence) {
    return audit.listBefore(null, null, null, null, sequence + 1, 1).stream()
        .map(row -> new AuditHead(row.sequence(), row.hash()))
        .findFirst()
        .orElseThrow();
  }

  /** As somebody whom no trigger stops. */
  private void tamper(String... statements) {
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              for (String statement : statements) {
                handle.execute(statement);
              }
            });
  }

  /** Gives every row from one on the hash that it should have now, and the head with them. */
  private void writeAnew(long from) {
    database
        .owner()
        .useTransaction(
            handle -> {
              handle.execute("set local session_replication_role = replica");
              long last = audit.head().sequence();
              for (long row = from; row <= last; row++) {
                rehash(handle, row);
              }
              handle.execute(
                  "update audit_head set hash = (select hash from audit_event where sequence = ?)",
                  last);
            });
  }

  private static void rehash(Handle handle, long row) {
    handle.execute(
        """
        update audit_event set previous_hash = coalesce(
          (select hash from audit_event where sequence = ?), repeat('0', 64))
        where sequence = ?
        """,
        row - 1,
        row);
    handle.execute("update audit_event e set hash = audit_hash(e) where sequence = ?", row);
  }

  private static void assertSays(AuditVerdict verdict, String part) {
    assertFalse(verdict.isWhole());
    assertTrue(
        verdict.faults().stream().anyMatch(fault -> fault.contains(part)),
        () -> "expected '%s' among %s".formatted(part, verdict.faults()));
  }

  @Test
  void shouldBeWholeAsItWasWritten() {
    AuditVerdict verdict = verdict(headAt(3), headAt(10));

    assertEquals(List.of(), verdict.faults());
    assertEquals(10, verdict.rows());
    assertEquals(audit.head(), verdict.head());
  }

  @Test
  void shouldFindAnAlteredRow() {
    tamper("update audit_event set actor = 'eve' where sequence = 4");

    assertSays(verdict(), "Row 4 (eve, resize-pool of pool größe → 4) was altered");
  }

  @Test
  void shouldFindEveryFieldThatWasAltered() {
    for (String field :
        List.of(
            "at = at + interval '1 microsecond'",
            "action = 'decide'",
            "entity = 'pools'",
            "entity_id = entity_id || ' '",
            "before = null",
            "after = '{\"slots\": 4}'",
            "channel = 'api'",
            "address = ''",
            "token = ''",
            "request_id = null",
            "written_by = 'airlock_owner'",
            "written_by = null")) {
      tamper(
          "create table spare as select * from audit_event where sequence = 4",
          "update audit_event set " + field + " where sequence = 4");

      assertSays(verdict(), "Row 4 (");

      tamper(
          "delete from audit_event where sequence = 4",
          "insert into audit_event select * from spare",
          "drop table spare");
      assertTrue(verdict().isWhole());
    }
  }

  @Test
  void shouldFindARemovedRow() {
    tamper("delete from audit_event where sequence = 4");
    assertSays(verdict(), "Row 4 is gone.");

    tamper("delete from audit_event where sequence in (5, 6)");
    assertSays(verdict(), "Rows 4 to 6 are gone.");
  }

  @Test
  void shouldFindARemovedRowWhereTheOthersWereMovedUp() {
    AuditHead signed = headAt(10);
    tamper(
        "delete from audit_event where sequence = 4",
        "update audit_event set sequence = sequence + 1000 where sequence > 4",
        "update audit_event set sequence = sequence - 1001 where sequence > 1000",
        "update audit_head set sequence = 9");
    assertSays(verdict(), "Row 4 does not follow row 3");

    writeAnew(4);
    assertTrue(verdict().isWhole(), "only a head from outside knows better");
    assertSays(verdict(signed), "The tail was cut");
  }

  @Test
  void shouldFindTwoSwappedRows() {
    tamper(
        "update audit_event set sequence = 1004 where sequence = 4",
        "update audit_event set sequence = 4 where sequence = 5",
        "update audit_event set sequence = 5 where sequence = 1004");

    AuditVerdict verdict = verdict();
    assertSays(verdict, "Row 4 (");
    assertSays(verdict, "Row 5 does not follow row 4");
  }

  @Test
  void shouldFindACutTail() {
    AuditHead signed = headAt(9);
    tamper("delete from audit_event where sequence > 7");
    assertSays(verdict(), "The database says that the chain ends at row 10");

    tamper(
        """
        update audit_head set sequence = 7,
          hash = (select hash from audit_event where sequence = 7)
        """);
    assertTrue(verdict(headAt(7)).isWhole(), "only a head from outside knows better");
    assertSays(
        verdict(signed),
        "The tail was cut: a head was signed at row 9, and the chain ends at row 7.");
  }

  @Test
  void shouldFindAChainWrittenAnew() {
    AuditHead early = headAt(3);
    AuditHead late = headAt(8);
    tamper("update audit_event set actor = 'eve' where sequence = 4");
    writeAnew(4);

    assertTrue(verdict(early).isWhole(), "what was signed before stays true");
    assertSays(verdict(early, late), "signed at row 8 has another hash");
  }

  @Test
  void shouldGoOnAfterAHeadWithoutReadingWhatWasBefore() {
    AuditHead from = headAt(6);
    AuditChain chain = AuditChain.after(from);

    AuditVerdict verdict = chain.end(audit.rowsAfter(from.sequence(), chain::add));

    assertEquals(List.of(), verdict.faults());
    assertEquals(4, verdict.rows());
  }

  @Test
  void shouldListByWhoAndWhat() {
    Page<AuditRow> first = audit.list("pool", null, "ada", null, 5, null);
    assertEquals(5, first.items().size());
    assertEquals(9, first.items().get(0).sequence());
    Page<AuditRow> rest = audit.list("pool", null, "ada", null, 5, first.next());
    assertEquals(4, rest.items().size());
    assertEquals(1, audit.list(null, null, null, "close-approval", 5, null).items().size());
    assertEquals(1, audit.list("approval", "1", null, null, 5, null).items().size());
  }

  /** The rows of this file were hashed with another tool; the format is for ever. */
  @Test
  void shouldHashAsItAlwaysDid() throws IOException {
    List<AuditRow> rows = new ArrayList<>(kept("audit-rows.jsonl"));
    rows.addAll(kept("audit-rows-written-by.jsonl"));
    tamper("delete from audit_event");
    for (AuditRow row : rows) {
      insert(row);
    }

    assertEquals(
        List.of(),
        database
            .owner()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "select sequence from audit_event e where hash <> audit_hash(e)")
                        .mapTo(Long.class)
                        .list()));
    AuditChain chain = AuditChain.fromTheBeginning();
    rows.forEach(chain::add);
    AuditRow last = rows.get(rows.size() - 1);
    assertEquals(List.of(), chain.end(new AuditHead(last.sequence(), last.hash())).faults());
  }

  private static List<AuditRow> kept(String resource) throws IOException {
    try (InputStream stream = AuditChainTest.class.getResourceAsStream(resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> Json.read(line, AuditRow.class))
          .toList();
    }
  }

  @Test
  void shouldSayWhichRoleWroteARowWhateverWasSaidOfActorAndChannel() {
    String claim =
        "select audit('users/eve.json', 'set-person', 'person', 'eve', null, null, '%s', null, null, null)";
    database.application().useHandle(handle -> handle.execute(claim.formatted("web")));
    database.owner().useHandle(handle -> handle.execute(claim.formatted("migration")));

    List<AuditRow> rows = audit.listBefore("person", "eve", null, null, Long.MAX_VALUE, 5);
    assertEquals(
        List.of("airlock_owner migration", "airlock_app web"),
        rows.stream().map(row -> row.writtenBy() + " " + row.channel()).toList());
    assertTrue(verdict().isWhole());
  }

  @Test
  void shouldTakeNoWordThatIsNoChannelAndNotTheStartsFromTheApplication() {
    for (String channel : List.of("migration", "pigeon", "WEB", "")) {
      assertThrows(
          UnableToExecuteStatementException.class,
          () ->
              database
                  .application()
                  .useHandle(
                      handle ->
                          handle.execute(
                              "select audit('ada', 'decide', 'approval', '1', null, null, ?, null, null, null)",
                              channel)),
          channel);
    }
    assertEquals(10, verdict().rows());
  }

  private void insert(AuditRow row) {
    database
        .owner()
        .useHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        insert into audit_event values (:sequence, :at, :actor, :action, :entity,
                          :entityId, :before, :after, :channel, :address, :token, :requestId,
                          :previousHash, :hash, :writtenBy)
                        """)
                    .bindMethods(row)
                    .execute());
  }
}
