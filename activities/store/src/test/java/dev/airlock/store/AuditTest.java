package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What everybody did is kept, in one chain that the application can only lengthen. */
final class AuditTest {

  private static final Acting ADA =
      new Acting("ada", new Origin(Origin.Channel.WEB, "127.0.0.1", null, "r-1"));

  private final TestDatabase database = TestDatabase.fresh();

  @AfterEach
  void close() {
    database.close();
  }

  private List<String> actions() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery("select action from audit_event order by sequence")
                    .mapTo(String.class)
                    .list());
  }

  @Test
  void shouldKeepTheRowWithTheChangeOrNeither() {
    database
        .application()
        .useTransaction(
            handle -> {
              Audit.record(
                  handle, ADA.did(AuditAction.CANCEL_RUN, "run", 12).after(Map.of("state", "x")));
              handle.rollback();
            });
    assertEquals(List.of(), actions());

    database.store().audit().record(ADA.did(AuditAction.PAUSE_PIPELINE, "pipeline", "p"));
    assertEquals(List.of("pause-pipeline"), actions());
  }

  @Test
  void shouldRefuseTheApplicationEveryOtherHandOnIt() {
    database.store().audit().record(ADA.did(AuditAction.PAUSE_PIPELINE, "pipeline", "p"));

    for (String hand :
        List.of(
            "update audit_event set actor = 'eve'",
            "delete from audit_event",
            "insert into audit_event select * from audit_event",
            "truncate audit_event",
            "update audit_head set sequence = 7",
            "insert into audit_note (actor, action, entity, entity_id, channel) values ('a','b','c','d','web')",
            "select audit_hash(e) from audit_event e",
            "alter table audit_event disable trigger all")) {
      assertThrows(
          JdbiException.class, () -> database.application().useHandle(h -> h.execute(hand)), hand);
    }
    for (String hand : List.of("update audit_event set actor = 'eve'", "delete from audit_event")) {
      assertThrows(
          JdbiException.class, () -> database.owner().useHandle(h -> h.execute(hand)), hand);
    }
  }
}
