package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests of people and their rights: one database for a class, and none but its few people for each
 * test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AmongPeople {

  TestDatabase database;
  Membership membership;
  People people;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    membership = database.store().membership();
    people = database.store().people();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.emptied();
  }

  static Acting by(String person) {
    return new Acting(person, new Origin(Origin.Channel.WEB, "10.0.0.9", null, "r-1"));
  }

  void create(String name, Role role) {
    membership.create(
        new NewPerson(name, role, List.of("heads"), "one time password", "joins"), by("admin"));
  }

  Profile profile(String name) {
    return membership.find(name).orElseThrow();
  }

  List<String> audited(String entity) {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select actor || ' ' || action from audit_event
                        where entity_id = :entity and entity <> 'token' order by sequence
                        """)
                    .bind("entity", entity)
                    .mapTo(String.class)
                    .list());
  }

  String refusal(Runnable change) {
    return String.valueOf(assertThrows(ForbiddenException.class, change::run).getMessage());
  }

  void choosesPassword(String name) {
    membership.changeOwnPassword(name + "'s own new password", false, by(name));
  }

  /** As if this had been so much longer ago. */
  void later(String column, String person, Duration passed) {
    database
        .owner()
        .useHandle(
            handle ->
                handle
                    .createUpdate(
                        "update person set %1$s = %1$s - :passed where name = :person"
                            .formatted(column))
                    .bind("passed", passed)
                    .bind("person", person)
                    .execute());
  }

  boolean entitled(String person, String named) {
    return database
        .application()
        .withHandle(
            handle ->
                handle
                    .createQuery("select is_entitled(:person, :named)")
                    .bind("person", person)
                    .bind("named", named)
                    .mapTo(Boolean.class)
                    .one());
  }
}
