package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/**
 * Who gets a right to decide, and by whose word: what is proposed, who may confirm it, and the last
 * one who could.
 */
final class ConfirmersTest extends AmongPeople {

  private Profile.Proposal proposal(String name) {
    return Objects.requireNonNull(profile(name).proposal());
  }

  @Test
  void shouldListWhoIsToBeConfirmedWhateverTheirNameIs() {
    create("zoe", Role.APPROVER);
    create("adam", Role.ENGINEER);
    create("bea", Role.APPROVER);

    assertEquals(
        List.of("zoe", "bea"), membership.proposed(9).stream().map(Profile::name).toList());
    assertEquals(List.of("zoe"), membership.proposed(1).stream().map(Profile::name).toList());
  }

  @Test
  void shouldMakeAnApproverByTwoPeopleOnly() {
    create("dora", Role.APPROVER);
    assertEquals(Role.VIEWER, profile("dora").role());
    assertEquals(List.of(), profile("dora").teams());
    Profile.Proposal asked = proposal("dora");

    assertTrue(
        refusal(() -> membership.settle(asked.id(), true, by("admin"))).startsWith("Whoever asks"));
    assertTrue(
        refusal(() -> membership.settle(asked.id(), true, by("engineer")))
            .contains("neither approver nor admin"));
    choosesPassword("dora");
    membership.settle(asked.id(), true, by("approver"));

    assertEquals(Role.APPROVER, profile("dora").role());
    assertEquals(List.of("heads"), profile("dora").teams());
    assertNull(profile("dora").proposal());
    assertEquals(
        List.of("admin create-person", "dora change-password", "approver confirm-role"),
        audited("dora"));
    assertTrue(
        refusal(() -> membership.settle(asked.id(), true, by("bob"))).contains("confirmed before"));
  }

  /** Whoever gave out the password could still sign in with it, choose one and vote. */
  @Test
  void shouldConfirmNobodyWhoHasNotTakenTheirAccountOver() {
    create("dora", Role.APPROVER);
    assertNull(profile("dora").passwordChosenAt());
    assertEquals("admin", proposal("dora").holder());
    assertEquals(List.of("approver", "bob", "carol"), proposal("dora").confirmers());
    assertTrue(
        refusal(() -> membership.settle(proposal("dora").id(), true, by("approver")))
            .startsWith("dora has not chosen a password yet"));
    assertEquals(Role.VIEWER, profile("dora").role());

    choosesPassword("dora");
    assertNotNull(profile("dora").passwordChosenAt());
    membership.settle(proposal("dora").id(), true, by("approver"));

    membership.resetPassword("dora", "a second one time password", by("admin"));
    assertTrue(
        refusal(() -> membership.settle(proposal("dora").id(), true, by("approver")))
            .startsWith("dora has not chosen a password yet"));
    membership.settle(proposal("dora").id(), false, by("approver"));
    assertEquals(Role.VIEWER, profile("dora").role());
  }

  @Test
  void shouldTakeNoConfirmationFromWhoeverGaveOutThePassword() {
    role("carol", "admin");
    create("dora", Role.ENGINEER);
    choosesPassword("dora");
    membership.change("dora", Role.APPROVER, List.of(), "she decides now", by("carol"));

    assertEquals(List.of("approver", "bob"), proposal("dora").confirmers());
    assertTrue(
        refusal(() -> membership.settle(proposal("dora").id(), true, by("admin")))
            .startsWith("admin made the account of dora"));
    membership.change("dora", Role.APPROVER, List.of(), "she decides now", by("admin"));
    membership.settle(proposal("dora").id(), true, by("carol"));
    assertEquals(Role.APPROVER, profile("dora").role());
  }

  /** Else an admin could reset an account and confirm what another admin had asked for it. */
  @Test
  void shouldAskAnewForWhatWasAskedBeforeAReset() {
    role("carol", "admin");
    List<String> both = List.of("ml-leads", "heads");
    membership.change("engineer", Role.APPROVER, both, "decides now", by("carol"));
    membership.change("bob", Role.APPROVER, both, "joins", by("carol"));
    for (String name : List.of("engineer", "bob")) {
      long before = proposal(name).id();
      membership.resetPassword(name, "a new one time password", by("admin"));
      choosesPassword(name);

      assertEquals("admin", proposal(name).askedBy());
      assertTrue(
          refusal(() -> membership.settle(before, true, by("approver"))).contains("overtaken"));
      assertTrue(
          refusal(() -> membership.settle(proposal(name).id(), true, by("admin")))
              .startsWith("Whoever asks"));
    }
    assertEquals(both, proposal("engineer").teams());
    assertEquals(List.of("ml-leads"), proposal("bob").teams());
  }

  /** One engineer, one approver, one admin. */
  private void onlyThree() {
    database
        .owner()
        .useHandle(
            h ->
                h.execute(
                    "update person set role = 'viewer', role_changed_at = now() where name in ('bob', 'carol')"));
  }

  @Test
  void shouldSayWhenAfterAnActNobodyCouldConfirmAnyMore() {
    onlyThree();
    for (Runnable act :
        List.<Runnable>of(
            () -> membership.disable("approver", true, by("admin")),
            () -> membership.resetPassword("approver", "one time password", by("admin")),
            () -> membership.change("approver", Role.VIEWER, List.of("ml-leads"), "", by("admin")),
            () ->
                membership.change(
                    "approver", new PersonChange(null, null, true, "leaves"), by("admin")))) {
      String said =
          String.valueOf(assertThrows(LastConfirmerException.class, act::run).getMessage());
      assertTrue(said.contains("nobody but admin") && said.contains("users/NAME.json"), said);
    }
    assertEquals(Role.APPROVER, profile("approver").role());
    assertNull(profile("approver").disabledAt());
    assertTrue(people.byPassword("approver", "password of approver").isPresent());
    assertEquals(List.of(), audited("approver"));
    assertTrue(membership.isLastConfirmer("approver", "admin"));
    assertFalse(membership.isLastConfirmer("engineer", "admin"));

    role("bob", "admin");
    assertFalse(membership.isLastConfirmer("approver", "admin"));
    membership.disable("approver", true, by("admin"));
    assertNotNull(profile("approver").disabledAt());
  }

  /** Whoever has left the provider confirms nothing: nobody tells Airlock but the calendar. */
  @Test
  void shouldCountNobodyAsAConfirmerWhomTheProviderVouchesForNoLonger() {
    onlyThree();
    membership.signInFrom(
        new VouchedPerson("https://id.example", "9", "dave", Role.APPROVER, List.of()),
        by("x").origin());
    create("erin", Role.APPROVER);
    assertEquals(List.of("approver", "dave"), proposal("erin").confirmers());
    assertFalse(membership.isLastConfirmer("approver", "admin"));

    later("vouched_at", "dave", Duration.ofDays(31));
    assertEquals(List.of("approver"), proposal("erin").confirmers());
    assertTrue(membership.isLastConfirmer("approver", "admin"));
    assertThrows(
        LastConfirmerException.class, () -> membership.disable("approver", true, by("admin")));
  }

  /** Each act alone leaves the other one's person; both wait for the same rows. */
  @Test
  void shouldKeepTheLastConfirmerWhereTwoAreTakenAtTheSameMoment() throws Exception {
    onlyThree();
    role("carol", "approver");
    ExecutorService hands = Executors.newFixedThreadPool(2);
    try (Handle holder = database.owner().open()) {
      holder.begin();
      holder.execute("select from person where name = 'admin' for update");
      List<Future<?>> acts =
          List.of(
              hands.submit(() -> membership.disable("approver", true, by("admin"))),
              hands.submit(
                  () -> membership.resetPassword("carol", "one time password", by("admin"))));
      Deadline.within(Duration.ofSeconds(20), () -> waiting() == 2);
      holder.commit();
      int refused = 0;
      for (Future<?> act : acts) {
        try {
          act.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertTrue(e.getCause() instanceof LastConfirmerException, e.toString());
          refused++;
        }
      }
      assertEquals(1, refused);
    } finally {
      hands.shutdownNow();
    }
    assertTrue(profile("approver").decides() != profile("carol").decides());
  }

  /** The way out that is named where nobody is left: a new file of users/, and a start. */
  @Test
  void shouldHaveAWayOutWhereNobodyIsLeftToConfirm() {
    onlyThree();
    membership.change(
        "approver", new PersonChange(null, null, true, "a stolen laptop", true), by("admin"));
    membership.disable("approver", false, by("admin"));
    membership.resetPassword("approver", "one time password", by("admin"));
    choosesPassword("approver");
    assertEquals(List.of(), proposal("approver").confirmers());

    database.startWith(
        new Account("second", Role.APPROVER, "password of second", "token of second"));
    assertTrue(people.byPassword("second", "password of second").isPresent());
    assertEquals(List.of("second"), proposal("approver").confirmers());
    membership.settle(proposal("approver").id(), true, by("second"));

    assertEquals(Role.APPROVER, profile("approver").role());
    assertTrue(entitled("approver", "ml-leads"));
  }

  private void role(String person, String role) {
    database
        .owner()
        .useHandle(h -> h.execute("update person set role = ? where name = ?", role, person));
  }

  @Test
  void shouldHaveATeamOfADeciderConfirmedToo() {
    membership.change("carol", Role.APPROVER, List.of("heads"), "", by("admin"));
    assertEquals(List.of(), profile("carol").teams());
    membership.settle(proposal("carol").id(), false, by("bob"));
    assertNull(profile("carol").proposal());
    assertEquals(List.of(), profile("carol").teams());
  }

  @Test
  void shouldLetARightToDecideRestAfterSomebodyElseHasSetThePassword() {
    membership.resetPassword("carol", "a new one time password", by("admin"));
    assertEquals(Role.VIEWER, profile("carol").role());
    assertTrue(profile("carol").mustChange());
    assertTrue(people.byPassword("carol", "password of carol").isEmpty());
    choosesPassword("carol");
    membership.settle(proposal("carol").id(), true, by("approver"));
    assertEquals(Role.APPROVER, profile("carol").role());
  }

  @Test
  void shouldGiveTheRightToDecideBackByTwoPeopleOnly() {
    membership.disable("bob", true, by("admin"));
    membership.disable("bob", false, by("admin"));
    assertEquals(Role.VIEWER, profile("bob").role());
    assertFalse(entitled("bob", "ml-leads"));
    long asked = proposal("bob").id();
    assertThrows(ForbiddenException.class, () -> membership.settle(asked, true, by("admin")));
    membership.settle(asked, true, by("carol"));
    assertTrue(entitled("bob", "ml-leads"));
    membership.disable("bob", false, by("admin"));
    assertTrue(entitled("bob", "ml-leads"));
  }

  /** Change stands before settle in the queue for carol's row, which somebody else holds. */
  @Test
  void shouldLetAChangeAndAConfirmationOfTheSamePersonFollowEachOther() throws Exception {
    membership.change("carol", Role.APPROVER, List.of("heads"), "", by("admin"));
    long asked = proposal("carol").id();
    ExecutorService hands = Executors.newFixedThreadPool(2);
    try (Handle holder = database.owner().open()) {
      holder.begin();
      holder.execute("select from person where name = 'carol' for update");
      Future<?> change =
          hands.submit(() -> membership.change("carol", Role.VIEWER, List.of(), "", by("admin")));
      Deadline.within(Duration.ofSeconds(20), () -> waiting() == 1);
      Future<?> confirmation = hands.submit(() -> membership.settle(asked, true, by("approver")));
      Deadline.within(Duration.ofSeconds(20), () -> waiting() == 2);
      holder.commit();
      change.get(20, TimeUnit.SECONDS);
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> confirmation.get(20, TimeUnit.SECONDS));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("was overtaken before"),
          refused.getMessage());
    } finally {
      hands.shutdownNow();
    }
    assertEquals(Role.VIEWER, profile("carol").role());
    assertNull(profile("carol").proposal());
  }

  private int waiting() {
    return database
        .owner()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """)
                    .mapTo(Integer.class)
                    .one());
  }
}
