package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Decision.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MessagesTest {
  private static final Duration LEASE = Duration.ofMinutes(1);

  private TestDatabase database;
  private Store store;
  private Scene scene;
  private Messages messages;
  private LinkKey key;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    messages = store.messages();
    scene = new Scene(store, new FileArtifactStore(folder));
    key = LinkKey.of(Optional.empty(), folder);
    List.of("approver", "bob", "carol", "engineer", "admin").forEach(this::giveAddress);
  }

  private void giveAddress(String person) {
    messages.setEmail(person + "@example.org", Acting.within(person, Origin.Channel.WEB));
  }

  @BeforeEach
  void forget() {
    messages.answerCalls(false, false);
    messages.claim(1_000, Duration.ofDays(1));
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** What is told by the calls that are raised by now, as {@code person: event}. */
  private Set<String> told() {
    messages.answerCalls(true, true);
    return messages.claim(100, LEASE).stream()
        .map(message -> message.recipient() + ": " + message.event())
        .collect(Collectors.toSet());
  }

  private Message mail(String person) {
    messages.answerCalls(false, true);
    return messages.claim(100, LEASE).stream()
        .filter(message -> message.recipient().equals(person))
        .findFirst()
        .orElseThrow();
  }

  private static NewDecision approve(Approval approval, String person) {
    return new NewDecision(
        approval.id(),
        Acting.within(person, Origin.Channel.LINK),
        Verdict.APPROVE,
        "Better everywhere.",
        "another digest");
  }

  @Test
  void shouldWriteToThoseWhoMayVoteAndPostOnce() {
    scene.askedOf("ml-leads", 2).opened("asks by mail");
    assertEquals(Set.of(": asked", "approver: asked", "bob: asked"), told());
    assertEquals(Set.of(), told());
  }

  @Test
  void shouldTellOfTheEndWhomItConcerns() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("ends by mail");
    told();
    scene.vote(approval, "bob", Verdict.APPROVE);
    assertEquals(Set.of(": decided", "bob: decided", "engineer: decided"), told());
  }

  @Test
  void shouldNotRemindWhoeverHasVoted() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("reminds by mail");
    told();
    scene.vote(approval, "bob", Verdict.APPROVE);
    database
        .owner()
        .useHandle(
            handle ->
                handle.execute(
                    "insert into approval_call (approval_id, kind, due_at, raised_at) values (?, 'reminder', now(), now())",
                    approval.id()));
    assertEquals(Set.of(": reminder", "approver: reminder"), told());
  }

  @Test
  void shouldKeepAMessageFromOtherSendersUntilItIsTriedAgain() {
    scene.askedOf("ml-leads", 1).opened("claims");
    Message claimed = mail("bob");
    assertEquals("bob@example.org", claimed.address());
    assertEquals(1, claimed.attempts());
    assertEquals(List.of(), messages.claim(100, LEASE));
    messages.retryAfter(claimed.id(), Duration.ZERO, "No answer");
    assertEquals(2, messages.claim(100, LEASE).get(0).attempts());
    messages.delivered(claimed.id());
    messages.retryAfter(claimed.id(), Duration.ZERO, "It was taken already");
    assertEquals(List.of(), messages.claim(100, LEASE));
  }

  @Test
  void shouldLetALinkVoteOnce() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("votes by link");
    ApprovalLink link = messages.link(mail("bob").id()).orElseThrow();

    assertEquals("bob", link.person());
    assertInstanceOf(GateOutcome.Recorded.class, messages.decideBy(link, approve(approval, "bob")));
    Decision vote = store.approvals().decisions(approval.id()).get(0);
    assertEquals(link.digest(), vote.digest());
    GateOutcome.Conflict again =
        assertInstanceOf(
            GateOutcome.Conflict.class, messages.decideBy(link, approve(approval, "bob")));
    assertTrue(again.reason().contains("used before"), again.reason());
  }

  @Test
  void shouldLetNobodyElseVoteByALink() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("is not theirs");
    Approval other = scene.askedOf("ml-leads", 1).opened("is another");
    messages.answerCalls(false, true);
    ApprovalLink link =
        messages.claim(100, LEASE).stream()
            .filter(message -> message.recipient().equals("bob"))
            .map(message -> messages.link(message.id()).orElseThrow())
            .filter(found -> found.approvalId() == approval.id())
            .findFirst()
            .orElseThrow();
    assertInstanceOf(
        GateOutcome.Forbidden.class, messages.decideBy(link, approve(approval, "approver")));
    assertInstanceOf(GateOutcome.Forbidden.class, messages.decideBy(link, approve(other, "bob")));
    assertEquals(List.of(), store.approvals().decisions(approval.id()));
  }

  @Test
  void shouldLeaveALinkGoodWhereTheVoteIsRefused() {
    Approval approval = scene.askedOf("ml-leads", 1).opened("refuses a link");
    ApprovalLink link = messages.link(mail("bob").id()).orElseThrow();
    NewDecision wordless =
        new NewDecision(
            approval.id(),
            Acting.within("bob", Origin.Channel.LINK),
            Verdict.APPROVE,
            "  ",
            link.digest());
    assertInstanceOf(GateOutcome.Invalid.class, messages.decideBy(link, wordless));
    assertInstanceOf(GateOutcome.Recorded.class, messages.decideBy(link, approve(approval, "bob")));
  }

  @Test
  void shouldNotLetAUsedLinkBecomeGoodAgain() {
    Approval approval = scene.askedOf("ml-leads", 2).opened("uses a link");
    ApprovalLink link = messages.link(mail("bob").id()).orElseThrow();
    messages.decideBy(link, approve(approval, "bob"));
    assertThrows(
        UnableToExecuteStatementException.class,
        () ->
            database
                .application()
                .useHandle(
                    handle ->
                        handle.execute(
                            "update message set used_at = null where id = ?", link.id())));
  }

  @Test
  void shouldTakeNoLinkThatWasChangedOrSignedByAnotherKey(@TempDir Path elsewhere) {
    ApprovalLink link =
        new ApprovalLink(7, 12, "bob", "d".repeat(64), Instant.parse("2026-01-01T00:00:00Z"), null);
    String token = key.token(link);

    assertTrue(key.isOf(link, token));
    assertEquals(OptionalLong.of(7), LinkKey.id(token));
    assertFalse(LinkKey.of(Optional.empty(), elsewhere).isOf(link, token));
    assertFalse(
        key.isOf(new ApprovalLink(7, 12, "carol", link.digest(), link.expiresAt(), null), token));
    assertFalse(
        key.isOf(new ApprovalLink(7, 13, "bob", link.digest(), link.expiresAt(), null), token));
    assertFalse(
        key.isOf(
            new ApprovalLink(
                7, 12, "bob", link.digest(), link.expiresAt().plusSeconds(3_600), null),
            token));
    for (String rubbish : List.of("", ".", "7", "x.y", "7.", "-1.x", "7." + "x".repeat(200))) {
      assertFalse(LinkKey.id(rubbish).isPresent() && key.isOf(link, rubbish), rubbish);
    }
  }

  @Test
  void shouldRefuseAnAddressThatIsNone() {
    assertThrows(
        UnableToExecuteStatementException.class,
        () -> messages.setEmail("bob\nBcc: all", Acting.within("carol", Origin.Channel.WEB)));
    assertEquals(Optional.of("carol@example.org"), messages.email("carol"));
  }
}
